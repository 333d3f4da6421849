import type { Reply } from './call.ts';
import { type XmlFields, xmlDocument } from './xml.ts';

/** Every S3 document but errors has it. */
const s3Namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';

export function xmlReply(root: string, fields: XmlFields, status = 200): Reply {
  const namespace = root === 'Error' ? undefined : s3Namespace;
  return { status, headers: { 'content-type': 'application/xml' }, body: xmlDocument(root, fields, namespace) };
}

export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
