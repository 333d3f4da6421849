// Titles are hostile text; keys, file names and headers are built from them here.
import { createHash } from 'node:crypto';

/** 60 characters read well in a file manager; 120 bytes keep a complete name under the 255 that file systems allow. */
const maxCharacters = 60;
const maxBytes = 120;

/**
 * A title as part of a key: letters, marks and digits of any script in NFC, every other run of characters one `-`,
 * bounded. Empty if nothing is left (only emoji, control or direction characters).
 */
export function safeName(title: string): string {
  const bounded = title.normalize('NFC').slice(0, 4 * maxBytes);
  const words = bounded.replace(/[^\p{L}\p{M}\p{N}]+/gu, '-').replace(/^-+|-+$/g, '');
  let name = '';
  let characters = 0;
  for (const character of words) {
    if (++characters > maxCharacters || Buffer.byteLength(name + character) > maxBytes) break;
    name += character;
  }
  return name.replace(/-+$/, '');
}

/** Eight characters that distinguish a thousand "Untitled": the start of a UUID or hex id, else of a hash of the id. */
export function shortId(id: string): string {
  const head = /^([0-9a-f]{8})(?:-[0-9a-f]{4}-[0-9a-f-]+|[0-9a-f]{24})$/i.exec(id)?.[1];
  return head?.toLowerCase() ?? sha256(id).slice(0, 8);
}

export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/**
 * Content-Disposition with the real title as file name (RFC 6266, RFC 8187), for people who save from a browser. The
 * plain form is for old clients; both are free of quotes, separators and control characters.
 */
export function contentDisposition(title: string, extension: string, how: 'inline' | 'attachment' = 'inline'): string {
  const readable = title.normalize('NFC').replace(/[\p{C}\s"\\/:*?<>|]+/gu, ' ');
  const clean = Array.from(readable.trim()).slice(0, maxCharacters).join('');
  const name = `${clean === '' ? 'Untitled' : clean}.${extension}`;
  const plain = name.replace(/[^\x20-\x7e]/g, '_').replace(/[%;]/g, '_');
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return `${how}; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
