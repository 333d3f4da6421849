import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const folder = join(import.meta.dirname, '../../../local/demo/media');
const files = readdirSync(folder).map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));

function bytesOf(name: string): Buffer {
  const found = files.find((file) => file.name === name);
  if (found === undefined) throw new Error(`${name} is missing: run local/demo/make-media.sh`);
  return found.bytes;
}

describe('the committed media of the demo', () => {
  it('stay under 1 MB together', () => {
    const total = files.reduce((sum, { bytes }) => sum + bytes.length, 0);

    expect(total).toBeLessThan(1_000_000);
  });

  it.each(['track-1.mp3', 'track-2.mp3'])('hold an ID3 tag and then MPEG frames in %s', (name) => {
    const bytes = bytesOf(name);
    const tagLength = bytes.subarray(6, 10).reduce((sum, seven) => sum * 128 + seven, 0);

    expect(bytes.toString('latin1', 0, 3)).toBe('ID3');
    expect(bytes.readUInt16BE(10 + tagLength) & 0xffe0).toBe(0xffe0);
  });

  it('differ between the two tracks and between the two covers', () => {
    expect(bytesOf('track-1.mp3').equals(bytesOf('track-2.mp3'))).toBe(false);
    expect(bytesOf('cover-1.jpeg').equals(bytesOf('cover-2.jpeg'))).toBe(false);
  });

  it.each(['cover-1.jpeg', 'cover-2.jpeg'])('hold a whole JPEG in %s', (name) => {
    const bytes = bytesOf(name);

    expect(bytes.readUInt16BE(0)).toBe(0xffd8);
    expect(bytes.readUInt16BE(bytes.length - 2)).toBe(0xffd9);
  });

  it('hold a WAV whose header knows its length', () => {
    const bytes = bytesOf('track-1.wav');

    expect(bytes.toString('latin1', 0, 4)).toBe('RIFF');
    expect(bytes.readUInt32LE(4)).toBe(bytes.length - 8);
  });

  it('hold an MP4 that can start to play before it is whole', () => {
    const bytes = bytesOf('track-1.mp4');

    expect(bytes.toString('latin1', 4, 8)).toBe('ftyp');
    expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'));
  });
});
