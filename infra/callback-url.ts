// What a callback URL is made of: the address from the stack's outputs, the token from its secret.
import * as z from 'zod';

/** What is asked of AWS; `url.ts` asks it for real. */
export type Cloud = {
  outputsOf(stackName: string): Promise<Record<string, string | undefined>>;
  secretValue(secretId: string): Promise<string>;
};

const outputsSchema = z.object({ CallbackBaseUrl: z.url(), SecretId: z.string() });
/** Only what needs no escaping, because providers and people copy the URL by hand. */
export const goodToken = /^[\w.~-]{16,}$/;
const secretSchema = z.object({ token: z.string().regex(goodToken) });

export async function callbackUrl(stackName: string, cloud: Cloud): Promise<string> {
  const { baseUrl, secretId } = await findIntake(stackName, cloud);
  const { token } = readSecretAs(secretSchema, await cloud.secretValue(secretId), secretId);
  return baseUrl + token;
}

/** Where callbacks come in: the URL without its token, and the secret that holds it. */
export async function findIntake(
  stackName: string,
  cloud: Pick<Cloud, 'outputsOf'>,
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

/** @throws in words that do not repeat the secret */
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
    // The caller says what was expected, and must not repeat what it got: it is a secret.
    return undefined;
  }
}
