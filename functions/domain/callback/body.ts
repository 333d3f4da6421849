const decoder = new TextDecoder('utf-8');

/**
 * Parses a callback's bytes as JSON; undefined if they are not. A byte order mark is skipped and invalid UTF-8
 * becomes U+FFFD: one broken letter in a title must not cost the song. The original bytes are stored elsewhere,
 * unchanged.
 */
export function parseBody(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch {
    return undefined;
  }
}
