import * as z from 'zod';
import { CommandError } from '../command-error.ts';
import type { ClientProviderKeys } from '../target.ts';

/** Trimmed for use in a header: pasted keys may have spaces and line ends around them. */
const key = z
  .string()
  .nullish()
  .transform((value) => value?.trim() || null)
  .pipe(
    z
      .string()
      .regex(/^[\x21-\x7e]+$/)
      .nullable(),
  );

/** JSON of the secret: `{"sunoapi.org": "…", "kie.ai": "…"}`, either of which may be missing. */
const secret = z.object({ 'sunoapi.org': key, 'kie.ai': key });

export const noKeys: ClientProviderKeys = { 'sunoapi.org': null, 'kie.ai': null };

export function parseProviderKeys(text: string): ClientProviderKeys {
  const parsed = secret.safeParse(parsedOrUndefined(text));
  // Deliberately without the schema's messages: they could quote a key.
  if (!parsed.success) {
    throw new CommandError('The secret with the API keys must be JSON: {"sunoapi.org": "…", "kie.ai": "…"}.');
  }
  return parsed.data;
}

function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
