import type { Reply } from './call.ts';
import { type XmlFields, xmlDocument } from './xml.ts';

export function xmlReply(root: string, fields: XmlFields, status = 200): Reply {
  return { status, headers: { 'content-type': 'application/xml' }, body: xmlDocument(root, fields) };
}

export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
