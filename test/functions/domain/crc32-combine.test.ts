import { crc32 } from 'node:zlib';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32Combine } from '../../../functions/domain/crc32-combine.ts';

const bytes = fc.uint8Array({ maxLength: 5000 });
const crc = fc.integer({ min: 0, max: 0xffffffff });
const length = fc.integer({ min: 0, max: 5 * 1024 ** 4 });

test('two checksums combine to the checksum of the joined bytes', () =>
  fc.assert(
    fc.property(bytes, bytes, (a, b) => {
      expect(crc32Combine(crc32(a), crc32(b), b.length)).toBe(crc32(Buffer.concat([a, b])));
    }),
  ));

test('many parts combine to the checksum of the whole, whatever their sizes', () =>
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 20 }), (parts) => {
      const combined = parts.reduce((before, part) => crc32Combine(before, crc32(part), part.length), 0);

      expect(combined).toBe(crc32(Buffer.concat(parts)));
    }),
  ));

test('how the parts are grouped makes no difference, also for lengths beyond 32 bits', () =>
  fc.assert(
    fc.property(crc, crc, length, crc, length, (a, b, lengthOfB, c, lengthOfC) => {
      const fromTheLeft = crc32Combine(crc32Combine(a, b, lengthOfB), c, lengthOfC);
      const fromTheRight = crc32Combine(a, crc32Combine(b, c, lengthOfC), lengthOfB + lengthOfC);

      expect(fromTheLeft).toBe(fromTheRight);
    }),
  ));
