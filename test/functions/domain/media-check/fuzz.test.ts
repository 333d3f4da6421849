// Bytes of all kinds, in parts of all sizes: no check throws, takes long, or grows.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addToCheck,
  endCheck,
  type StructureState,
  startCheck,
} from '../../../../functions/domain/media-check/check.ts';
import { readMediaFiles } from './media-files.ts';

const maxStateLength = 1024;
const seed = 7;
const inputs = { random: 25_000, begun: 25_000, mutated: 25_000, spliced: 25_000 };

const extensions = ['mp3', 'mp4', 'wav', 'webp', 'jpeg', 'png'];
const extension = fc.constantFrom(...extensions);
/** The first bytes have most of what a header can say; the last ones have tags and trailers. */
const samples = readMediaFiles().map(({ extension, bytes }) => ({
  extension,
  bytes: Buffer.concat([bytes.subarray(0, 1500), bytes.subarray(-500)]),
}));
const sample = fc.constantFrom(...samples);
const place = fc.nat(1999);
const byte = fc.oneof(fc.constantFrom(0x00, 0x01, 0x7f, 0x80, 0xff), fc.nat(255));

type Input = { extension: string; bytes: Uint8Array };

/** Signatures of formats, at offsets where they may be searched for. */
const words = ['ID3', 'TAG', 'APETAGEX', '\xff\xfb\x90\0', '\xff\xd9', '\xff\xda\0\x0c', 'RIFF', 'WAVE', 'WEBP', 'data']
  .concat(['fmt ', '\0\0\0\x08', '\0\0\0\x01', 'ftyp', 'moov', 'moof', 'traf', 'trun', 'mdat', 'stsd', 'VP8 ', 'Xing'])
  .concat(['\x89PNG\r\n\x1a\n', 'IHDR', 'IDAT', 'IEND', '\0\0\0\0', '\xff\xff\xff\xff', 'VBRI', 'mvhd', 'tfhd', 'tfdt'])
  .map((word) => Buffer.from(word, 'latin1'));
const wordOrBytes = fc.oneof({ arbitrary: fc.constantFrom(...words), weight: 4 }, fc.uint8Array({ maxLength: 12 }));

const kinds: Record<keyof typeof inputs, fc.Arbitrary<Input>> = {
  random: fc.record({ extension, bytes: fc.uint8Array({ maxLength: 300 }) }),
  begun: fc.record({ extension, bytes: fc.array(wordOrBytes, { maxLength: 40 }).map((parts) => Buffer.concat(parts)) }),
  mutated: fc
    .tuple(sample, fc.array(fc.tuple(place, byte), { minLength: 1, maxLength: 20 }), place)
    .map(([{ extension, bytes }, changes, length]) => ({
      extension,
      bytes: changed(bytes, changes).subarray(0, length),
    })),
  spliced: fc.tuple(sample, sample, place, place).map(([one, other, end, start]) => ({
    extension: one.extension,
    bytes: Buffer.concat([one.bytes.subarray(0, end), other.bytes.subarray(start)]),
  })),
};

function changed(bytes: Buffer, changes: readonly [number, number][]): Buffer {
  const copy = Buffer.from(bytes);
  for (const [at, value] of changes) copy[at % copy.length] = value;
  return copy;
}

/** All states of the check, with parts of these sizes in turn. */
function statesOver({ extension, bytes }: Input, sizes: readonly number[]): StructureState[] {
  const states = [startCheck(extension, null)];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? bytes.length;
    states.push(addToCheck(states.at(-1) ?? startCheck(extension, null), bytes.subarray(at, at + size)));
    at += size;
  }
  return states;
}

describe('any input has a verdict and a small state', () => {
  test.each(['random', 'begun', 'mutated', 'spliced'] as const)('%s', (kind) => {
    fc.assert(
      fc.property(kinds[kind], fc.integer({ min: 40, max: 3000 }), (input, size) => {
        const states = statesOver(input, [size]);
        const verdicts = states.map(endCheck);

        for (const state of states) expectSmall(state);
        if (!verdicts.every(({ state }) => ['whole', 'broken', 'unknown'].includes(state)))
          throw new Error('no verdict');
      }),
      { numRuns: inputs[kind], seed },
    );
  });

  test('there are 100,000 of them', () => {
    expect(Object.values(inputs).reduce((sum, count) => sum + count)).toBe(100_000);
  });
});

function expectSmall(state: StructureState): void {
  const { length } = JSON.stringify(state);
  if (length > maxStateLength) throw new Error(`the state has ${length} characters`);
}

describe('where a file is cut into parts makes no difference', () => {
  const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 700 })), { minLength: 1 });

  test.each(['random', 'begun', 'mutated', 'spliced'] as const)('%s', (kind) => {
    fc.assert(
      fc.property(kinds[kind], sizes, (input, sizes) => {
        expect(statesOver(input, sizes).at(-1)).toEqual(statesOver(input, [input.bytes.length]).at(-1));
      }),
      { numRuns: 500, seed },
    );
  });

  test.each(readMediaFiles())('$name', (file) => {
    fc.assert(
      fc.property(sizes, (sizes) => {
        const state = statesOver(file, sizes).at(-1);

        expect(state).toEqual(statesOver(file, [file.bytes.length]).at(-1));
      }),
      { numRuns: 5, seed },
    );
  });
});

describe('the worst bytes for a format are looked at in bounded time', () => {
  const repeat = (pattern: string) => Buffer.alloc(4_000_000, Buffer.from(pattern, 'latin1'));
  const begun = (start: string, pattern: string) => Buffer.concat([Buffer.from(start, 'latin1'), repeat(pattern)]);

  test.each([
    ['mp3', 'syncs without frames', repeat('\xff\xe1')],
    ['mp3', 'the smallest frames', repeat(`\xff\xf3\x14\xc4${'\x01'.repeat(20)}`)],
    ['mp3', 'tags without content', repeat('ID3\x04\0\0\0\0\0\0')],
    ['mp4', 'boxes without content', repeat('\0\0\0\x08free')],
    ['mp4', 'parents within parents', repeat('\x7f\0\0\0moov')],
    [
      'mp4',
      'samples one by one',
      begun('\x7f\0\0\0moof\x70\0\0\0traf\x60\0\0\0trun\0\0\x01\0\x70\0\0\0', '\0\0\0\x01'),
    ],
    ['jpeg', 'fill bytes', repeat('\xff')],
    ['jpeg', 'stuffing', repeat('\xff\0')],
    ['jpeg', 'segments without content', repeat('\xff\xe0\0\x02')],
    ['wav', 'chunks without content', begun('RIFF\xff\xff\xff\x7fWAVE', 'junk\0\0\0\0')],
    ['png', 'chunks without content', begun('\x89PNG\r\n\x1a\n', '\0\0\0\0tEXt\0\0\0\0')],
    ['png', 'zeros', repeat('\0')],
  ])(
    '%s: %s',
    (extension, _, bytes) => {
      const state = addToCheck(startCheck(extension, null), bytes);

      expectSmall(state);
    },
    10_000,
  );
});
