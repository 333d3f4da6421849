// Builds the callback URL: the address is in the stack's outputs, the token in its secret.
import * as z from 'zod';

/** The AWS calls that this needs. */
export type StackReader = {
  outputsOf(stackName: string): Promise<Record<string, string | undefined>>;
  secretValue(secretId: string): Promise<string>;
};

const outputsSchema = z.object({ CallbackBaseUrl: z.url(), SecretId: z.string() });
/** Only characters that need no escaping, because providers and people copy the URL. */
export const goodToken = /^[\w.~-]{16,}$/;
const secretSchema = z.object({ token: z.string().regex(goodToken) });

export async function callbackUrl(stackName: string, cloud: StackReader): Promise<string> {
  const { baseUrl, secretId } = await findCallbackApi(stackName, cloud);
  const { token } = readSecretAs(secretSchema, await cloud.secretValue(secretId), secretId);
  return baseUrl + token;
}

/** Finds the callback URL without its token, and the id of the secret that holds the token. */
export async function findCallbackApi(
  stackName: string,
  cloud: Pick<StackReader, 'outputsOf'>,
): Promise<{ baseUrl: string; secretId: string }> {
  const outputs = outputsSchema.safeParse(await cloud.outputsOf(stackName));
  if (!outputs.success) {
    throw new Error(
      `The stack ${stackName} has no callback URL: it is another stack, or its deployment did not end. Look at it ` +
        `with: aws cloudformation describe-stack-events --stack-name ${stackName}`,
    );
  }
  return { baseUrl: outputs.data.CallbackBaseUrl, secretId: outputs.data.SecretId };
}

/** @throws with a message that does not contain the secret */
export function readSecretAs<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  secretId: string,
): z.output<Schema> {
  const secret = schema.safeParse(parsedOrUndefined(text));
  if (!secret.success) {
    throw new Error(
      `The secret ${secretId} must be JSON with a "token" of at least 16 letters, digits or - _ . ~ characters. ` +
        'Write it with: aws secretsmanager put-secret-value',
    );
  }
  return secret.data;
}

function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The caller reports what was expected, without the value: it is a secret.
    return undefined;
  }
}
