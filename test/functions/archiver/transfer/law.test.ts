// Whatever fails, and whenever: at the end the key has the file, or nothing.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type TransferCode, TransferError } from '../../../../functions/domain/errors.ts';
import { song } from '../../../doubles/sample-files.ts';
import { engineBench, key } from './engine-setup.ts';

const passing: readonly TransferCode[] = ['cut', 'idle_timeout', 'server_error', 'throttled', 'changed', 'unknown'];
const failure = fc.oneof(
  fc.constantFrom(...passing).map((code) => () => new TransferError(code, 'injected')),
  fc.constant(() => new Error('killed')),
);
/** Which calls fail, of any kind, and how. */
const failures = fc.dictionary(fc.integer({ min: 1, max: 60 }).map(String), failure, { maxKeys: 25 });
const host = fc.record({
  bytes: fc.integer({ min: 300, max: 9_000 }),
  version: fc.constantFrom('"1"', null),
  isLengthKnown: fc.boolean(),
  idleShare: fc.constantFrom(0, 0.9),
});

test('P4, P5, P8: failures of any kind in any order end in the whole file once, and in nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(host, failures, async ({ bytes, version, isLengthKnown, idleShare }, failing) => {
      let calls = 0;
      const fail = () => {
        const error = failing[++calls];
        if (error !== undefined) throw error();
      };
      const file = song(bytes);
      const bench = engineBench({
        ...{ file, version, idleShare, isLengthKnown: isLengthKnown || version !== null },
        ...{ beforeRead: fail, beforePart: fail, beforeSave: fail },
      });

      // After this many invocations every failure has occurred, and the next one meets none.
      for (let tries = 0; tries < 30 && bench.stored() === undefined; tries++) {
        await bench.invoke().catch(() => {});
        if (bench.stored() !== undefined) expect(bench.stored()).toEqual(file);
      }

      expect(bench.stored()).toEqual(file);
      expect(bench.bucket.keys()).toEqual([key]);
      expect(bench.state.open).toBe(0);
      calls = Infinity;
      expect(await bench.invoke()).toMatchObject({ state: 'stored', key, bytes });
      expect(bench.stored()).toEqual(file);
    }),
    { numRuns: 200 },
  );
});
