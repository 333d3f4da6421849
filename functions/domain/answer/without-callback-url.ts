/**
 * A JSON string of that name, also inside another string, where quotes and slashes are preceded by backslashes: seven
 * at a nesting of three. Bounded, because a long row of backslashes would otherwise take minutes.
 */
const callbackUrl = /("call_?back_?url\\{0,7}"\s{0,9}:\s{0,9}\\{0,7}")(?:[^"\\]|\\{1,7}(?:\/|u[\da-f]{4}))+/gi;

/**
 * Removes the callback URL, which contains the token: providers repeat the parameters of a task, and readers of the
 * bucket must not learn the token from them.
 */
export function withoutCallbackUrl(said: string): string {
  return said.replace(callbackUrl, '$1(the callback URL)');
}
