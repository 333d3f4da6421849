// The input and output of an S3 operation. Only `server.ts` handles HTTP's own objects.
import type { Readable } from 'node:stream';
import { AwsError } from '../aws-json.ts';

// The XML that S3 needs: enough to write its responses and to read what the SDK sends.

type XmlValue = string | number | boolean | XmlFields;

/** An array repeats the element; `undefined` omits it. */
export type XmlFields = { readonly [name: string]: XmlValue | XmlValue[] | undefined };

export type S3Reply = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: string | Readable;
};

/** Every S3 document but errors has it. */
const s3Namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';

export function xmlReply(root: string, fields: XmlFields, status = 200): S3Reply {
  const namespace = root === 'Error' ? undefined : s3Namespace;
  return { status, headers: { 'content-type': 'application/xml' }, body: xmlDocument(root, fields, namespace) };
}

export function xmlDocument(root: string, fields: XmlFields, namespace?: string): string {
  const opened = namespace === undefined ? root : `${root} xmlns="${namespace}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${opened}>${contentOf(fields)}</${root}>`;
}

function contentOf(fields: XmlFields): string {
  return Object.entries(fields)
    .map(([name, value]) => element(name, value))
    .join('');
}

function element(name: string, value: XmlValue | XmlValue[] | undefined): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.map((each) => element(name, each)).join('');
  return `<${name}>${typeof value === 'object' ? contentOf(value) : escapeXml(value)}</${name}>`;
}

const named: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' };

function escapeXml(value: string | number | boolean): string {
  return String(value).replace(
    /[&<>"'\p{Cc}]/gu,
    (character) => `&${named[character] ?? `#${character.codePointAt(0)}`};`,
  );
}

export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** The text of every element with this name. */
export function xmlContents(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, 'gs'))].map(([, content = '']) => content);
}

export function xmlText(xml: string, name: string): string | undefined {
  return xmlContents(xml, name)[0]
    ?.replace(/&(#34|#x22|quot);/g, '"')
    .trim();
}

// S3 errors that several files return: code and status are S3's, the message says what to do.

export function noSuchKey(key: string): AwsError {
  return new AwsError('NoSuchKey', `There is no object ${key}.`, { status: 404 });
}

export function noSuchUpload(): AwsError {
  return new AwsError(
    'NoSuchUpload',
    'There is no such upload: it was never started, or it was aborted or completed.',
    {
      status: 404,
    },
  );
}

export function preconditionFailed(header: string): AwsError {
  return new AwsError('PreconditionFailed', `${header} does not hold: read the object again before you decide.`, {
    status: 412,
  });
}

export function invalidArgument(message: string): AwsError {
  return new AwsError('InvalidArgument', message);
}

export function notImplemented(what: string): AwsError {
  return new AwsError('NotImplemented', `The local S3 does not do ${what}. It does only what Trackkeeper needs.`, {
    status: 501,
  });
}

/** A whole number from the query. Like S3, silently lowers a limit above `max` to `max`. */
export function limitParameter(query: URLSearchParams, name: string, max = 1000): number {
  return Math.min(max, numberParameter(query, name, max));
}

export function numberParameter(query: URLSearchParams, name: string, absent: number): number {
  const text = query.get(name);
  if (text === null) return absent;
  if (!/^\d{1,9}$/.test(text)) throw invalidArgument(`${name} is a whole number, not '${text}'.`);
  return Number(text);
}

export type S3Headers = Readonly<Record<string, string | undefined>>;

export type S3Call = {
  readonly bucket: string;
  /** Safe as a path on disk; empty in a call on the bucket itself. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: S3Headers;
  /** Lets the client send its body. A call that is rejected earlier costs no transfer. */
  openBody(): Readable;
};

export type S3Handler = (call: S3Call) => Promise<S3Reply>;
