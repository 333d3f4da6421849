// The double in memory must be no easier than S3: whatever is asked, it answers as the adapter does.
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { functionVariables } from '../../client/target/local-aws.ts';
import { createCallAws, createS3Client } from '../../functions/adapters/aws/clients.ts';
import { createS3Bucket } from '../../functions/adapters/s3/s3-bucket.ts';
import { encodeCrc32 } from '../../functions/domain/crc32-combine.ts';
import { toTransferError } from '../../functions/domain/errors.ts';
import type { Bucket, Condition, Part, Upload } from '../../functions/ports.ts';
import { inMemoryBucket } from '../doubles/in-memory-bucket.ts';
import { Bucket as bucketName, type LocalS3, startLocalS3 } from './local-s3.ts';

let s3: LocalS3;
beforeAll(async () => {
  s3 = await startLocalS3();
});
afterAll(() => s3.stop());

type World = { bucket: Bucket; folder: string; uploads: Upload[]; sent: Part[]; etags: string[] };
/** One question, and its answer. What is written, begun and sent is remembered, for later questions. */
type Step = (world: World) => Promise<unknown>;

/** A step that a counterexample names. */
function step<T>(name: string, values: fc.Arbitrary<T>, ask: (world: World, value: T) => Promise<unknown>) {
  return values.map((value): Step => {
    const print = () => `${name}(${fc.stringify(value)})`;
    return Object.assign((world: World) => ask(world, value), { [fc.toStringMethod]: print });
  });
}

const key = fc.constantFrom('one', 'other');
const body = fc.constantFrom('', 'la', 'la la', 'ünïcödé');
/**
 * Of what is remembered, the latest being 0; behind the first one, and where nothing is yet, something that never
 * was.
 */
const index = fc.oneof({ arbitrary: fc.constant(0), weight: 6 }, fc.nat(3));
const latest = <T>(from: readonly T[], at: number) => from.at(-1 - at);
const mostly = <T>(usual: T, ...others: readonly T[]) =>
  fc.oneof({ arbitrary: fc.constant(usual), weight: 4 }, fc.constantFrom(...others));
const condition = fc.option(fc.oneof(fc.constant('absent' as const), index), { nil: undefined });
const conditionOf = ({ etags }: World, when?: 'absent' | number): Condition | undefined =>
  typeof when === 'number' ? { etag: latest(etags, when) ?? '"never"' } : when;
const headOf = (task: string) => ({ contentType: 'audio/mpeg', metadata: { taskid: `täsk ${task}` } });
const uploadOf = ({ uploads, bucket, folder }: World, at: number) =>
  latest(uploads, at) ?? bucket.upload(`${folder}/one`, 'never-begun');

const steps = {
  write: step('write', fc.tuple(key, body, condition), async (world, [name, text, when]) => {
    const written = await world.bucket.write(`${world.folder}/${name}`, text, headOf(name), conditionOf(world, when));
    if (written !== false) world.etags.push(written.etag);
    return written;
  }),

  look: step('look', key, async ({ bucket, folder }, name) => [
    await bucket.head(`${folder}/${name}`),
    await bucket.read(`${folder}/${name}`),
  ]),

  // An id is good for its own key alone.
  begin: step(
    'begin',
    fc.tuple(key, mostly(undefined, 'one', 'elsewhere')),
    async ({ bucket, folder, uploads }, [name, another]) => {
      const id = await bucket.startUpload(`${folder}/${name}`, headOf(name));
      uploads.push(bucket.upload(`${folder}/${another ?? name}`, id));
    },
  ),

  send: step(
    'send',
    fc.tuple(index, fc.constantFrom(1, 2, 10, 10_000), mostly(undefined, 0, 10_001), body, mostly(false, true)),
    async (world, [at, number, wrongNumber, text, isFlipped]) => {
      const bytes = Buffer.from(text);
      const part = await uploadOf(world, at).part(wrongNumber ?? number, bytes, crc32(isFlipped ? 'another' : bytes));
      world.sent.push(part);
      return part;
    },
  ),

  list: step('list', index, (world, at) => uploadOf(world, at).parts()),

  // One part at most, for all but the last must be large. What is said of it, or of the whole, may be wrong.
  complete: step(
    'complete',
    fc.tuple(index, index, condition, mostly('right', 'size', 'crc32', 'none', 'etag')),
    async (world, [at, partAt, when, what]) => {
      const part = latest(world.sent, partAt) ?? { number: 1, etag: '"never"', bytes: 2, crc32: crcOf('la') };
      const named = { ...part, ...(what === 'etag' && { etag: '"another"' }) };
      const whole = {
        bytes: part.bytes + Number(what === 'size'),
        crc32: what === 'crc32' ? crcOf('another') : part.crc32,
      };
      const parts = what === 'none' ? [] : [named];
      const completed = await uploadOf(world, at).complete(parts, whole, conditionOf(world, when));
      // Asked again, S3 may say `done` or `gone`: that is not compared.
      if (completed === 'done') world.uploads.splice(-1 - at, 1);
      return completed;
    },
  ),

  abort: step('abort', index, (world, at) => uploadOf(world, at).abort()),
};

const someStep = fc.oneof(
  { arbitrary: steps.write, weight: 3 },
  { arbitrary: steps.look, weight: 2 },
  { arbitrary: steps.begin, weight: 4 },
  { arbitrary: steps.send, weight: 8 },
  { arbitrary: steps.list, weight: 2 },
  { arbitrary: steps.complete, weight: 6 },
  steps.abort,
);

test('whatever is asked, and in whatever order, the double answers as the adapter over S3', async () => {
  const real = createS3Bucket(
    bucketName,
    createCallAws(
      createS3Client(functionVariables('archiver', { s3: s3.url, sqs: s3.url, secrets: s3.url, events: s3.url })),
    ),
  );
  let runs = 0;

  await fc.assert(
    fc.asyncProperty(fc.array(someStep, { minLength: 15, maxLength: 40, size: 'max' }), async (asked) => {
      const folder = `run-${++runs}`;
      const worldOf = (bucket: Bucket): World => ({ bucket, folder, uploads: [], sent: [], etags: [] });
      const [overS3, inMemory] = [worldOf(real), worldOf(inMemoryBucket())];

      for (const ask of asked) expect(await answerOf(ask, inMemory)).toEqual(await answerOf(ask, overS3));
    }),
    { numRuns: 50 },
  );
});

/** Of a failure only its code: the words are no one's to compare. */
async function answerOf(ask: Step, world: World): Promise<unknown> {
  try {
    return { answer: await ask(world) };
  } catch (error) {
    return { failure: toTransferError(error).code };
  }
}

function crcOf(text: string): string {
  return encodeCrc32(crc32(text));
}
