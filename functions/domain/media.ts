// Recognises a file's type by its first bytes, never by what the source calls it.
import type { AssetKind } from './record.ts';

export type MediaType = { extension: string; contentType: string; family: 'audio' | 'video' | 'image' };

/** Only types that a browser shows or plays but never executes: no SVG, no HTML. */
const types = {
  mp3: { extension: 'mp3', contentType: 'audio/mpeg', family: 'audio' },
  m4a: { extension: 'm4a', contentType: 'audio/mp4', family: 'audio' },
  aac: { extension: 'aac', contentType: 'audio/aac', family: 'audio' },
  wav: { extension: 'wav', contentType: 'audio/wav', family: 'audio' },
  flac: { extension: 'flac', contentType: 'audio/flac', family: 'audio' },
  ogg: { extension: 'ogg', contentType: 'audio/ogg', family: 'audio' },
  mp4: { extension: 'mp4', contentType: 'video/mp4', family: 'video' },
  webm: { extension: 'webm', contentType: 'video/webm', family: 'video' },
  jpeg: { extension: 'jpeg', contentType: 'image/jpeg', family: 'image' },
  png: { extension: 'png', contentType: 'image/png', family: 'image' },
  webp: { extension: 'webp', contentType: 'image/webp', family: 'image' },
  gif: { extension: 'gif', contentType: 'image/gif', family: 'image' },
} as const satisfies Record<string, MediaType>;

type Signature = { type: MediaType; test: (head: Buffer) => boolean };

const at = (offset: number, text: string) => (head: Buffer) =>
  head.toString('latin1', offset, offset + text.length) === text;
const both = (one: (head: Buffer) => boolean, two: (head: Buffer) => boolean) => (head: Buffer) =>
  one(head) && two(head);

const signatures: readonly Signature[] = [
  { type: types.mp3, test: at(0, 'ID3') },
  { type: types.wav, test: both(at(0, 'RIFF'), at(8, 'WAVE')) },
  { type: types.webp, test: both(at(0, 'RIFF'), at(8, 'WEBP')) },
  { type: types.m4a, test: both(at(4, 'ftyp'), (head) => /^M4[AB] $/.test(head.toString('latin1', 8, 12))) },
  { type: types.mp4, test: at(4, 'ftyp') },
  { type: types.flac, test: at(0, 'fLaC') },
  { type: types.ogg, test: at(0, 'OggS') },
  { type: types.webm, test: at(0, '\x1a\x45\xdf\xa3') },
  { type: types.jpeg, test: at(0, '\xff\xd8\xff') },
  { type: types.png, test: at(0, '\x89PNG\r\n\x1a\n') },
  { type: types.gif, test: at(0, 'GIF8') },
  // Frame syncs are last: they are the weakest signs. ADTS has layer 00. MPEG audio here is layer III or II (I is
  // extinct, and FF FE is the byte order mark of UTF-16), and never has bit rate 1111.
  { type: types.aac, test: (head) => head[0] === 0xff && ((head[1] ?? 0) & 0xf6) === 0xf0 },
  {
    type: types.mp3,
    test: (head) =>
      head[0] === 0xff &&
      ((head[1] ?? 0) & 0xe0) === 0xe0 &&
      [0x02, 0x04].includes((head[1] ?? 0) & 0x06) &&
      ((head[1] ?? 0) & 0x18) !== 0x08 &&
      ((head[2] ?? 0xff) & 0xf0) !== 0xf0,
  },
];

const families: Record<AssetKind, MediaType['family'] | null> = {
  audio: 'audio',
  stem: 'audio',
  wav: 'audio',
  video: 'video',
  image: 'image',
  lyrics: null,
};

/**
 * The type of a file that should be of this kind. `page`: text, so an error page or message. `unknown`: anything
 * else, such as a picture where a song should be. An MP4 that should be audio is an M4A.
 */
export function recognise(head: Buffer, kind: AssetKind): MediaType | 'page' | 'unknown' {
  const found = signatures.find(({ test }) => test(head))?.type;
  if (found === undefined) return isText(head) ? 'page' : 'unknown';
  const type = found === types.mp4 && families[kind] === 'audio' ? types.m4a : found;
  return type.family === families[kind] ? type : 'unknown';
}

/** Media has NULs and other control bytes within its first hundred bytes; pages and messages do not. */
function isText(head: Buffer): boolean {
  return !head.subarray(0, 512).some((byte) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27));
}
