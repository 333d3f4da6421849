// Files as hosts serve them: whole in their structure, then filler that is the same at every run.

/** An MP3 of just so many bytes: a tag that takes up the rest, then frames of 32 kbit/s at 44.1 kHz, 104 bytes each. */
export function song(bytes = 3_000): Buffer {
  const tagHeader = 10;
  const frameBytes = 104;
  const frames = Math.floor((bytes - tagHeader) / frameBytes);
  const tagBody = bytes - tagHeader - frames * frameBytes;
  const file = begun(Buffer.from([0x49, 0x44, 0x33, 4, 0, 0, 0, 0, tagBody >> 7, tagBody & 0x7f]), bytes);
  for (let frame = 0; frame < frames; frame++) {
    file.set([0xff, 0xfb, 0x10, 0xc4], tagHeader + tagBody + frame * frameBytes);
  }
  return file;
}

/** The length of such a song: frames of 1,152 samples at 44.1 kHz. */
export function songSeconds(file: Buffer): number {
  return (Math.floor((file.length - 10) / 104) * 1_152) / 44_100;
}

/** A JPEG of just so many bytes: its head, one scan of filler, its end. */
export function picture(bytes = 2_000): Buffer {
  const file = begun(Buffer.from('\xff\xd8\xff\xda\0\x08\x01\x01\0\0\x3f\0', 'latin1'), bytes);
  file.set([0xff, 0xd9], bytes - 2);
  return file;
}

/** Bytes that begin like nothing known: an encrypted file looks so. */
export const unrecognizedFile = (bytes = 1_500) => begun(Buffer.from('\x93\0\x02\xe7', 'latin1'), bytes);
export const page = Buffer.from('<!doctype html>\n<title>403</title>\n<h1>This link has expired</h1>\n');
export const message = Buffer.from('{"code":404,"msg":"file does not exist or has been deleted"}');

/** 251 is prime, so that neighbouring parts differ and one in the wrong place is noticed. */
const filler = Buffer.from(Uint8Array.from({ length: 251 }, (_, index) => index));

function begun(start: Buffer, bytes: number): Buffer {
  const file = Buffer.alloc(bytes, filler);
  start.copy(file);
  return file;
}
