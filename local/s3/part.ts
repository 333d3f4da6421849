/** One part of an upload on disk. */
export type Part = {
  readonly number: number;
  readonly size: number;
  /** In hexadecimal. */
  readonly md5: string;
  readonly crc32: number;
  readonly modified: number;
};

const fileName = /^(?<number>\d+)\.(?<size>\d+)\.(?<md5>[0-9a-f]{32})\.(?<crc32>\d+)\.(?<modified>\d+)\.part$/;

export function partFileName({ number, size, md5, crc32, modified }: Part): string {
  return `${number}.${size}.${md5}.${crc32}.${modified}.part`;
}

export function readPartFileName(name: string): Part | undefined {
  const groups = fileName.exec(name)?.groups;
  if (!groups) return undefined;
  const { number, size, md5 = '', crc32, modified } = groups;
  return { number: Number(number), size: Number(size), md5, crc32: Number(crc32), modified: Number(modified) };
}
