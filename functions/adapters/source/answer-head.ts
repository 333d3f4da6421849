// The head of an answer, read by ourselves. Deliberately narrow: it takes the spelling that nearly all servers use, and
// leaves all else to Node's own parser and another request.

/** What is looked at; all else is passed over. */
const names = [
  'connection',
  'content-encoding',
  'content-length',
  'content-range',
  'etag',
  'location',
  'retry-after',
  'transfer-encoding',
] as const;
type Name = (typeof names)[number];

export type AnswerHead = { statusCode: number; headers: Readonly<Partial<Record<Name, string>>> };

const statusLine = /^HTTP\/1\.1 ([2-5]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/;
/** RFC 9112, 5: no space before the colon, no line that goes on in the next one. */
const field = /^([\w!#$%&'*+.^`|~-]+):([\t\x20-\x7e\x80-\xff]*)$/;

/** `head`: without the empty line at its end, as Latin-1. Null: not to be read in this way. */
export function parseHead(head: string): AnswerHead | null {
  const [status = '', ...lines] = head.split('\r\n');
  const [, code] = statusLine.exec(status) ?? [];
  if (code === undefined) return null;
  const headers: Partial<Record<Name, string>> = {};
  for (const line of lines) {
    const [, spelling, text = ''] = field.exec(line) ?? [];
    if (spelling === undefined) return null;
    const lowerCased = spelling.toLowerCase();
    const name = names.find((known) => known === lowerCased);
    if (name === undefined) continue;
    // Said twice, it may mean two things.
    if (headers[name] !== undefined) return null;
    headers[name] = text.startsWith(' ') ? text.slice(1) : text;
  }
  return { statusCode: Number(code), headers };
}

/** Whether this beginning of a head may still become one that is read here; nobody waits for the end of another. */
export function mayBecomeHead(begun: string): boolean {
  const start = 'HTTP/1.1 ';
  return start.startsWith(begun.slice(0, start.length)) && !/(?<!\r)\n/.test(begun);
}

/** How long the body is, where nothing but its length says so; else null. */
export function plainLength({ headers }: AnswerHead): number | null {
  const { 'content-length': length = '', 'transfer-encoding': transfer } = headers;
  return transfer === undefined && /^\d{1,15}$/.test(length) ? Number(length) : null;
}

/** Whether the connection may be asked again. */
export function isKept({ headers }: AnswerHead): boolean {
  return (headers.connection ?? 'keep-alive').toLowerCase() === 'keep-alive';
}
