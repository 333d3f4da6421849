// Replaces links in a callback's text. Deliberately without parsing and serialising: numbers beyond 2^53, order,
// spaces and escapes stay as the provider wrote them.

export class ForwardBodyTooLargeError extends Error {
  override name = 'BodyTooLargeError';
}

/**
 * Replaces each string that is one of the links, also in kie.ai's JSON inside a string. Everything else stays byte
 * for byte, also if it is not JSON.
 * @throws BodyTooLargeError if the result has more than `maxLength` characters: our links are longer than theirs
 */
export function rewrite(json: string, links: ReadonlyMap<string, string>, maxLength: number): string {
  return replaceStrings(json, maxLength, (text) => {
    const link = links.get(text.trim());
    return (
      link ?? (isJsonItself(text) ? replaceStrings(text, maxLength, (inner) => links.get(inner.trim())) : undefined)
    );
  });
}

/** `replace`: returns undefined to leave a string as it is. */
function replaceStrings(json: string, maxLength: number, replace: (text: string) => string | undefined): string {
  const pieces: string[] = [];
  let length = 0;
  let taken = 0;
  const take = (piece: string) => {
    length += piece.length;
    if (length > maxLength) throw new ForwardBodyTooLargeError(`over ${maxLength} characters with our links in it`);
    pieces.push(piece);
  };

  for (const { start, end } of stringsIn(json)) {
    const text = unquoted(json.slice(start, end));
    const other = text === undefined ? undefined : replace(text);
    if (other === undefined || other === text) continue;
    take(json.slice(taken, start));
    take(JSON.stringify(other));
    taken = end;
  }
  take(json.slice(taken));
  return pieces.join('');
}

/**
 * The positions of the strings, with their quotes. By hand, because a regular expression overflows the stack on
 * megabytes of escapes.
 */
function* stringsIn(json: string): Generator<{ start: number; end: number }> {
  for (let start = json.indexOf('"'); start >= 0; ) {
    let end = start + 1;
    while (end < json.length && json[end] !== '"') end += json[end] === '\\' ? 2 : 1;
    yield { start, end: end + 1 };
    start = json.indexOf('"', end + 1);
  }
}

function unquoted(literal: string): string | undefined {
  try {
    const text: unknown = JSON.parse(literal);
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}

function isJsonItself(text: string): boolean {
  return /^\s*[[{]/.test(text);
}
