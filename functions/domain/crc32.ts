/** A CRC32 as S3 writes it: base64 of its 4 bytes, most significant first. */
export function encodeCrc32(crc: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc);
  return bytes.toString('base64');
}

export function decodeCrc32(text: string): number {
  return Buffer.from(text, 'base64').readUInt32BE();
}
