// What a callback URL is made of: the address from the stack's outputs, the token from its secret.
import * as z from 'zod';

/** What is asked of AWS; `url.ts` asks it for real. */
export type Cloud = {
  outputsOf(stackName: string): Promise<Record<string, string | undefined>>;
  secretValue(secretId: string): Promise<string>;
};

const outputsSchema = z.object({ CallbackBaseUrl: z.url(), SecretId: z.string() });
/** Only what needs no escaping, because providers and people copy the URL by hand. */
const secretSchema = z.object({ token: z.string().regex(/^[\w.~-]{16,}$/) });

export async function callbackUrl(stackName: string, cloud: Cloud): Promise<string> {
  const outputs = outputsSchema.safeParse(await cloud.outputsOf(stackName));
  if (!outputs.success) {
    throw new Error(
      `The stack ${stackName} has no callback URL: it is another stack, or its deployment did not end. Look at it ` +
        `with: aws cloudformation describe-stack-events --stack-name ${stackName}`,
    );
  }
  const { CallbackBaseUrl, SecretId } = outputs.data;
  const secret = secretSchema.safeParse(parsedOrUndefined(await cloud.secretValue(SecretId)));
  if (!secret.success) {
    throw new Error(
      `The secret ${SecretId} must be JSON with a "token" of at least 16 letters, digits or - _ . ~ characters. ` +
        'Write it with: aws secretsmanager put-secret-value',
    );
  }
  return CallbackBaseUrl + secret.data.token;
}

function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The caller says what was expected, and must not repeat what it got: it is a secret.
    return undefined;
  }
}
