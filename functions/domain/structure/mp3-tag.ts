// Tags before, between and after the frames of an MP3 that contain their own length. Lyrics3 does not; it is skipped
// like other bytes that are not frames.

type Tag = {
  start: string;
  /** The number of bytes that contain the size. */
  need: number;
  size: (head: Buffer) => number;
};

const tags: readonly Tag[] = [
  // https://id3.org/id3v2.4.0-structure, 3.1: four times seven bits, without the header and the optional footer.
  { start: 'ID3', need: 10, size: (head) => 10 + sevenBits(head) + ((head.readUInt8(5) & 0x10) === 0 ? 0 : 10) },
  // https://wiki.hydrogenaud.io/index.php?title=Ape_Tags_Header: the size excludes the header; bit 29 distinguishes
  // it from a footer, which nothing follows.
  { start: 'APET', need: 32, size: (head) => 32 + ((head.readUInt8(23) & 0x20) === 0 ? 0 : head.readUInt32LE(12)) },
  { start: 'TAG+', need: 4, size: () => 227 },
  { start: 'TAG', need: 4, size: () => 128 },
];

const sevenBits = (head: Buffer) => [6, 7, 8, 9].reduce((size, at) => size * 128 + (head.readUInt8(at) & 0x7f), 0);

export function tagAt(bytes: Buffer): Tag | undefined {
  return tags.find(({ start }) => bytes.toString('latin1', 0, start.length) === start);
}
