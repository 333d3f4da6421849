// Files as hosts serve them: real first bytes, then filler that is the same at every run.

export const song = (bytes = 3_000) => begun(Buffer.from('ID3\x04\0\0\0\0\0\0', 'latin1'), bytes);
export const picture = (bytes = 2_000) => begun(Buffer.from('\xff\xd8\xff\xe0\0\x10JFIF\0', 'latin1'), bytes);
/** Bytes that begin like nothing known: an encrypted file looks so. */
export const riddle = (bytes = 1_500) => begun(Buffer.from('\x93\0\x02\xe7', 'latin1'), bytes);
export const page = Buffer.from('<!doctype html>\n<title>403</title>\n<h1>This link has expired</h1>\n');
export const message = Buffer.from('{"code":404,"msg":"file does not exist or has been deleted"}');

/** 251 is prime, so no two parts of a file are alike and a part in the wrong place is noticed. */
function begun(start: Buffer, bytes: number): Buffer {
  const file = Buffer.from(Uint8Array.from({ length: bytes }, (_, index) => index % 251));
  start.copy(file);
  return file;
}
