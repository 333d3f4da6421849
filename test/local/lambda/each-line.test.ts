import { once } from 'node:events';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { onEachLine } from '../../../local/lambda/function-environment.ts';

async function linesOf(...chunks: Buffer[]): Promise<string[]> {
  const lines: string[] = [];
  const stream = Readable.from(chunks, { objectMode: false });
  onEachLine(stream, (line) => lines.push(line));
  await once(stream, 'end');
  return lines;
}

test('a line is whole however its bytes arrive, and the last one needs no end', async () => {
  const bytes = Buffer.from('{"title":"🎵"}\nsecond\nlast');

  const lines = await linesOf(...Array.from(bytes, (byte) => Buffer.of(byte)));

  expect(lines).toEqual(['{"title":"🎵"}', 'second', 'last']);
});

test('the line separators of Unicode, which JSON leaves as they are, end no line', async () => {
  expect(await linesOf(Buffer.from('{"title":"a\u2028b"}\n'))).toEqual(['{"title":"a\u2028b"}']);
});

test('a line that never ends is passed on in pieces', async () => {
  const lines = await linesOf(...Array.from({ length: 40 }, () => Buffer.alloc(64 * 1024, 'x')));

  expect(lines.length).toBeGreaterThan(1);
  expect(lines.join('').length).toBe(40 * 64 * 1024);
});
