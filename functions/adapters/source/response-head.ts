// Heads of responses. The common form of HTTP/1.1 is parsed by a fast and strict parser; what browsers and curl read
// besides, by a tolerant one. What neither reads is left to node:http.
import type { IncomingHttpHeaders } from 'node:http';

/** The fields that are used; all others are skipped. */
const names = [
  'connection',
  'content-encoding',
  'content-length',
  'content-md5',
  'content-range',
  'digest',
  'etag',
  'location',
  'repr-digest',
  'retry-after',
  'server',
  'set-cookie',
  'transfer-encoding',
  'x-amz-server-side-encryption',
  'x-amz-storage-class',
  'x-goog-hash',
  'x-goog-stored-content-encoding',
] as const;

type Name = (typeof names)[number];

const nameOf: ReadonlyMap<string, Name> = new Map(names.map((name) => [name, name]));

/** The fields that must have one value. The others are lists, or of no consequence if they contradict themselves. */
const single: ReadonlySet<Name> = new Set(['content-length', 'content-range', 'etag', 'location', 'retry-after']);

type Fields = { -readonly [N in Exclude<Name, 'set-cookie'>]?: string } & { 'set-cookie'?: string[] };

export type ResponseHead = { statusCode: number; headers: Readonly<Fields> };

/** @returns whether the field was added: repeated with another value, it may have two meanings */
function addField(headers: Fields, name: Name, value: string): boolean {
  if (name === 'set-cookie') {
    headers[name] = [...(headers[name] ?? []), value];
    return true;
  }
  const before = headers[name];
  if (before !== undefined && single.has(name)) return false;
  headers[name] = before === undefined ? value : `${before}, ${value}`;
  return true;
}

/**
 * The head at the start of these bytes, and its length. Undefined: its end has not arrived yet. Null: it is left to
 * node:http.
 */
export function headAtStart(begun: Buffer): { head: ResponseHead; bytes: number } | null | undefined {
  const end = begun.indexOf('\r\n\r\n', 0, 'latin1');
  const common = end === -1 ? null : parseHead(begun.toString('latin1', 0, end));
  if (common !== null) return { head: common, bytes: end + 4 };
  const text = begun.toString('latin1');
  const emptyLine = /\r?\n\r?\n/.exec(text);
  if (emptyLine === null) return mayBecomeHead(text) ? undefined : null;
  const head = parseUncommonHead(text.slice(0, emptyLine.index));
  return head && { head, bytes: emptyLine.index + emptyLine[0].length };
}

const statusLine = /^HTTP\/1\.1 ([2-5]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/;

/** RFC 9112, 5: no space before the colon, no folded lines. */
const field = /^([\w!#$%&'*+.^`|~-]+):([\t\x20-\x7e\x80-\xff]*)$/;

/** `head`: without the empty line at its end, as Latin-1. Null: not in the common form. */
export function parseHead(head: string): ResponseHead | null {
  const [status = '', ...lines] = head.split('\r\n');
  const [, code] = statusLine.exec(status) ?? [];
  if (code === undefined) return null;
  const headers: Fields = {};
  for (const line of lines) {
    const [, spelling, text = ''] = field.exec(line) ?? [];
    if (spelling === undefined) return null;
    const name = nameOf.get(spelling.toLowerCase());
    if (name === undefined) continue;
    if (!addField(headers, name, text.startsWith(' ') ? text.slice(1) : text)) return null;
  }
  if (!/^\d{0,15}$/.test(headers['content-length'] ?? '')) return null;
  return { statusCode: Number(code), headers };
}

const uncommonStatusLine = /^HTTP\/1\.\d +([2-5]\d\d)(?:[\t ].*)?$/;

/**
 * Parses as browsers and curl do: HTTP/1.0, lines that end with a line feed only, folded lines, a space before the
 * colon, lines without a colon (ignored), equal repeated fields. Since such a host may also count its bytes in a way
 * of its own, its connection is used for one response.
 */
export function parseUncommonHead(head: string): ResponseHead | null {
  const [status = '', ...lines] = head.split(/\r?\n/);
  const [, code] = uncommonStatusLine.exec(status) ?? [];
  // A NUL or a carriage return within a line: curl and browsers disagree.
  if (code === undefined || /[\0\r]/.test(head.replaceAll('\r\n', '\n'))) return null;
  const headers: Fields = {};
  for (const line of unfolded(lines)) {
    const colon = line.indexOf(':');
    const name = nameOf.get(line.slice(0, Math.max(colon, 0)).trimEnd().toLowerCase());
    if (name === undefined) continue;
    const value = meaningOf(name, line.slice(colon + 1).trim());
    if (value === null) return null;
    if (value === '' || headers[name] === value) continue;
    if (!addField(headers, name, value)) return null;
  }
  return { statusCode: Number(code), headers: { ...headers, connection: 'close' } };
}

function unfolded(lines: readonly string[]): string[] {
  const whole: string[] = [];
  for (const line of lines) {
    const last = whole.length - 1;
    if (!/^[\t ]/.test(line)) whole.push(line);
    else if (last >= 0) whole[last] = `${whole[last]} ${line.trim()}`;
  }
  return whole;
}

/** Empty: as if the field were absent. Null: it contradicts itself. */
function meaningOf(name: Name, text: string): string | null {
  if (name === 'transfer-encoding') return text.toLowerCase() === 'identity' ? '' : text;
  if (name !== 'content-length') return text;
  const [length = '', ...others] = text.split(',').map((one) => one.trim());
  return others.every((one) => one === length) ? length : null;
}

/** Whether this start of a head can still become one; otherwise its end is not awaited. */
export function mayBecomeHead(begun: string): boolean {
  const start = 'HTTP/1.';
  return start.startsWith(begun.slice(0, start.length));
}

/** The length of the body, if Content-Length alone determines it; else null. */
export function plainLength({ headers }: ResponseHead): number | null {
  return headers['transfer-encoding'] === undefined ? lengthIn(headers) : null;
}

/** The promised length of the body. Null: it ends with its last chunk, or with the connection. */
export function lengthIn(headers: IncomingHttpHeaders): number | null {
  const { 'content-length': length = '', 'transfer-encoding': transfer = '' } = headers;
  return !/\bchunked\b/i.test(transfer) && /^\d{1,15}$/.test(length) ? Number(length) : null;
}

/** Whether the connection can be reused. */
export function isKept({ headers }: ResponseHead): boolean {
  return (headers.connection ?? 'keep-alive').toLowerCase() === 'keep-alive';
}

const contentCodings = ['gzip', 'deflate', 'br', 'zstd'] as const;
export type ContentCoding = (typeof contentCodings)[number];

const codingOf: ReadonlyMap<string, ContentCoding> = new Map([
  ...contentCodings.map((coding) => [coding, coding] as const),
  ['x-gzip', 'gzip'],
]);

/** More than anyone applies; curl has the same limit. */
const maxCodings = 5;

/**
 * The encodings that a body claims to have, in the order in which they were applied. All other names are of no
 * consequence: identity, stores' left-overs such as aws-chunked, character sets.
 */
export function codingsIn(headers: IncomingHttpHeaders): ContentCoding[] {
  const { 'content-encoding': content = '', 'transfer-encoding': transfer = '' } = headers;
  if (content === '' && transfer === '') return [];
  const tokens = `${content},${transfer}`.split(',').map((token) => token.trim().toLowerCase());
  return tokens.flatMap((token) => codingOf.get(token) ?? []).slice(-maxCodings);
}
