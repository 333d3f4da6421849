// What the secret with the token holds.
import * as z from 'zod';
import { goodToken } from '../../client/callback-url.ts';

const filled = z
  .string()
  .nullish()
  .transform((value) => value || null);
const secretSchema = z.object({
  token: z.string().min(1),
  previousToken: filled,
  kieWebhookKey: filled,
  previousKieWebhookKey: filled,
});
type SecretContent = z.infer<typeof secretSchema>;

/** Undefined where it is none. Without the schema's words: they could quote it. */
export function readSecretContent(text: string): SecretContent | undefined {
  try {
    return secretSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

export function readToken(text: string): string | undefined {
  const token = readSecretContent(text)?.token;
  return token !== undefined && goodToken.test(token) ? token : undefined;
}
