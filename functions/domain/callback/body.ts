const decoder = new TextDecoder('utf-8');

/**
 * A callback's bytes as JSON, or undefined. A byte order mark is skipped and invalid UTF-8 becomes U+FFFD: one broken
 * letter in a title must not cost the song. The bytes themselves are kept elsewhere, unchanged.
 */
export function parseBody(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch {
    return undefined;
  }
}
