// Files as hosts serve them: real first bytes, then filler that is the same at every run.

export const song = (bytes = 3_000) => begun(Buffer.from('ID3\x04\0\0\0\0\0\0', 'latin1'), bytes);
export const picture = (bytes = 2_000) => begun(Buffer.from('\xff\xd8\xff\xe0\0\x10JFIF\0', 'latin1'), bytes);
/** Bytes that begin like nothing known: an encrypted file looks so. */
export const riddle = (bytes = 1_500) => begun(Buffer.from('\x93\0\x02\xe7', 'latin1'), bytes);
export const page = Buffer.from('<!doctype html>\n<title>403</title>\n<h1>This link has expired</h1>\n');
export const message = Buffer.from('{"code":404,"msg":"file does not exist or has been deleted"}');

/** 251 is prime, so that neighbouring parts differ and one in the wrong place is noticed. */
const filler = Buffer.from(Uint8Array.from({ length: 251 }, (_, index) => index));

function begun(start: Buffer, bytes: number): Buffer {
  const file = Buffer.alloc(bytes, filler);
  start.copy(file);
  return file;
}
