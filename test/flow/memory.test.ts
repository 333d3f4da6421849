// P7: memory is bounded and does not grow with the size of the file. The bundle that Lambda runs, in a fresh process.
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { expect, onTestFinished, test } from 'vitest';
import * as z from 'zod';
import { wavHeader } from '../../bench/servers/media-file.ts';
import { functionVariables } from '../../client/target/local-aws.ts';
import type { ArchiverEnv } from '../../functions/archiver/env.ts';
import { taskRecord } from '../../functions/domain/record.ts';
import { startEvents } from '../../local/events.ts';
import { createBucket } from '../../local/resources.ts';
import { startS3 } from '../../local/s3/server.ts';
import { sharedBundle } from '../doubles/shared-bundle.ts';
import { eventWith } from './invocations.ts';

const MB = 1_000_000;
const fileBytes = 300 * MB;
const maxPeakBytes = 200 * MB;

const bucketName = 'trackkeeper';
const taskId = '988e1f3b5d7a4c9086e2b4d6f8a0c8d3';
/** Nothing listens there: a task that is finished in one invocation sends nothing to the queue. */
const unusedUrl = 'http://127.0.0.1:9';

test('a file of 300 MB is stored completely within 200 MB of memory', async () => {
  const folder = await temporaryFolder();
  const bundle = join(folder, 'bundle');
  sharedBundle('archiver', bundle);
  await writeFile(join(bundle, 'package.json'), '{"type":"commonjs"}');
  const s3 = await startS3({ folder: join(folder, 'buckets'), systemFolder: join(folder, 'system') });
  onTestFinished(s3.close);
  const events = await startEvents({ file: join(folder, 'events.jsonl') });
  onTestFinished(events.close);
  await createBucket(s3.url, bucketName);
  const source = await startSource();

  const { result, peakBytes } = await runMeasured(
    bundle,
    eventWith({ code: 200, msg: 'success', data: { audioWavUrl: `${source.url}/song.wav`, task_id: taskId } }),
    {
      ...functionVariables('archiver', { s3: s3.url, sqs: unusedUrl, secrets: unusedUrl, events: events.url }),
      ...({
        STACK_NAME: 'trackkeeper',
        BUCKET_NAME: bucketName,
        QUEUE_URL: `${unusedUrl}/000000000000/trackkeeper`,
        WAKE_QUEUE_URL: `${unusedUrl}/000000000000/trackkeeper`,
        ALLOWED_PRIVATE_SOURCES: new URL(source.url).host,
      } satisfies ArchiverEnv),
    },
  );

  console.log(`peak memory of a ${fileBytes / MB} MB transfer: ${(peakBytes / MB).toFixed(0)} MB`);
  expect(result).toEqual({ batchItemFailures: [] });
  const bucket = join(folder, 'buckets', bucketName);
  const record = taskRecord.parse(JSON.parse(await readFile(join(bucket, 'tasks', `${taskId}.json`), 'utf8')));
  const sha256 = source.sha256();
  expect(record).toMatchObject({ status: 'archived', assets: [{ state: 'stored', bytes: fileBytes, sha256 }] });
  expect(await digestOf(join(bucket, record.assets[0]?.key ?? ''))).toEqual({ bytes: fileBytes, sha256 });
  expect(peakBytes).toBeLessThanOrEqual(maxPeakBytes);
}, 120_000);

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'trackkeeper-memory-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** A host with one WAV file, which is generated while it is sent, so that it needs no memory here either. */
async function startSource() {
  let sent = createHash('sha256');
  const server = createServer(async (_, response) => {
    const hash = createHash('sha256');
    response.writeHead(200, { 'content-type': 'audio/wav', 'content-length': fileBytes });
    const body = Readable.from(wavPieces()).on('data', (piece: Buffer) => hash.update(piece));
    // The archiver may close the connection, to request a range or for good. Then its record says why, and the test
    // shows it.
    const isSent = await pipeline(body, response).then(
      () => true,
      () => false,
    );
    if (isSent) sent = hash;
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => new Promise<void>((done) => void server.close(() => done())));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return { url: `http://127.0.0.1:${port}`, sha256: () => sent.copy().digest('hex') };
}

/**
 * A well-formed WAV file of noise. Each piece is numbered, so that one lost, doubled or misplaced changes the digest.
 */
function* wavPieces(): Generator<Buffer> {
  const noise = Buffer.from(Array.from({ length: 65_536 }, (_, index) => (index * 2_654_435_761) >>> 24));
  const header = wavHeader(fileBytes);
  yield header;
  for (let left = fileBytes - header.length, number = 0; left > 0; left -= noise.length, number++) {
    const piece = Buffer.from(noise.subarray(0, left));
    piece.writeUInt32LE(number);
    yield piece;
  }
}

const measured = z.object({ result: z.unknown(), peakBytes: z.number() });

function runMeasured(bundle: string, event: object, env: Record<string, string>): Promise<z.infer<typeof measured>> {
  return new Promise((done, failed) => {
    const main = join(import.meta.dirname, 'measured-handler.mjs');
    // Without the options of the test runner. The log of the bundle is printed only after a failure.
    const child = fork(main, [bundle, JSON.stringify(event)], { env, execArgv: [], silent: true });
    const output: unknown[] = [];
    child.stdout?.on('data', (text) => output.push(text));
    child.stderr?.on('data', (text) => output.push(text));
    onTestFinished(() => void child.kill('SIGKILL'));
    child.once('message', (message) => done(measured.parse(message)));
    child.once('close', (code) => failed(new Error(`The archiver ended with ${code} and said:\n${output.join('')}`)));
  });
}

async function digestOf(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of createReadStream(path)) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}
