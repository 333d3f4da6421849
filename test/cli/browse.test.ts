// The listening room as the command opens it, in front of a local S3 and a local SQS.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type CommandLineWorld, runCommandLine } from '../../cli/run.ts';
import type { ListedTasks, NeedsAttention, TaskDetail } from '../../room/page-api.ts';
import { ask, open } from '../room/ask.ts';
import { setUpCli, temporaryFolder, testWorld } from './cli-setup.ts';
import { assetOf, recordOf, storedAsset, trackOf } from './records.ts';

const song = Buffer.alloc(100_000, 'a song');
const folder = 'library/2026-11/2026-11-20_Iron-Man_1';
const iron = recordOf({
  taskId: 'iron',
  folder,
  labels: { project: 'demo' },
  tracks: [{ ...trackOf('a', 'Iron Man'), prompt: 'Has he lost his mind?' }],
  assets: [storedAsset({ kind: 'audio', trackId: 'a', key: `${folder}/a.mp3` }, song)],
});
const broken = recordOf({
  taskId: 'broken',
  status: 'failed',
  stages: [{ stage: 'complete', code: 200, at: '2026-11-20T12:00:00.000Z' }],
  failure: { code: null, outcome: 'files_missing', msg: 'The cover is gone.', advice: 'Try again.' },
  assets: [assetOf({ kind: 'image', trackId: 'one', state: 'failed' })],
});

/** Ends with the test; `stop` is Ctrl-C. Waits end only then. */
async function openRoom(...args: string[]) {
  const bench = await setUpCli();
  const cache = await temporaryFolder();
  return { ...bench, cache, ...(await enter(bench.data, cache, ...args)) };
}

const untilAborted: CommandLineWorld['wait'] = (_, signal) =>
  new Promise((done) => (signal?.aborted ? done() : signal?.addEventListener('abort', () => done())));

async function enter(data: string, cache: string, ...args: string[]) {
  const interrupted = new AbortController();
  const { world, written } = testWorld({
    env: { XDG_CACHE_HOME: cache },
    wait: untilAborted,
    untilInterrupted: () => interrupted.signal,
  } satisfies Partial<CommandLineWorld>);
  const ending = runCommandLine(['browse', '--json', '--port', '0', ...args, '--local', data], world);
  const stop = async () => {
    interrupted.abort();
    return await ending;
  };
  onTestFinished(async () => void (await stop()));
  await vi.waitUntil(() => written.out !== '');
  const url = new URL(JSON.parse(written.out).url);
  const port = Number(url.port);
  const [cookie = ''] = (await ask(port, `${url.pathname}${url.search}`)).headers['set-cookie'] ?? [];
  const own = { cookie: cookie.split(';', 1).join('') };
  const get = async (path: string) => await ask(port, path, { headers: own });
  const list = async (query = '') => JSON.parse((await get(`/api/tasks?${query}`)).body.toString()) as ListedTasks;
  return {
    ...{ port, own, get, list, stop, written },
    /** Once all records were read. */
    whole: () => vi.waitUntil(async () => (await list()).read === (await list()).of && (await list()).of > 0),
    post: (path: string) => {
      const headers = {
        ...own,
        origin: `http://127.0.0.1:${port}`,
        'content-type': 'application/json',
        'content-length': '2',
      };
      return ask(port, path, { method: 'POST', headers, body: '{}' });
    },
  };
}

test('shows what is in the bucket, plays it, and ends at Ctrl-C with 0', async () => {
  const bench = await setUpCli();
  await bench.putRecord(iron);
  await bench.putRecord(broken);
  await bench.put(`${folder}/a.mp3`, song);
  const { get, list, whole, stop } = await enter(bench.data, await temporaryFolder());
  await whole();

  const found = await list('q=lost+demo');
  const detail = (await get('/api/tasks/iron')).json() as TaskDetail;
  const piece = await get(`/media/${folder}/a.mp3`);

  expect(found).toMatchObject({ total: 1, read: 2, rows: [{ taskId: 'iron', takes: [{ audio: `${folder}/a.mp3` }] }] });
  expect(detail).toMatchObject({
    bucket: bench.bucketFolder,
    record: 'tasks/iron.json',
    lyrics: { a: 'Has he lost his mind?' },
  });
  expect(piece.body.equals(song)).toBe(true);
  expect(await stop()).toBe(0);
});

test('gives out the page, and every file that it names', async () => {
  const { get } = await openRoom();

  const { status, headers, body } = await get('/');

  expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  const named = [...body.toString().matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path = '']) => path);
  expect(named).toContain('/main.js');
  for (const path of named) expect([path, (await get(path)).status]).toEqual([path, 200]);
});

test('lists what needs attention, and retries it with the same message as the command line', async () => {
  const bench = await setUpCli();
  await bench.putRecord(broken);
  await bench.cli('retry', 'broken');
  const byCommand = await bench.messages();
  const { get, post, whole } = await enter(bench.data, await temporaryFolder());
  await whole();

  const needing = (await get('/api/attention')).json() as NeedsAttention;
  const retried = await post('/api/tasks/broken/retry');

  expect(needing).toMatchObject({ total: 1, rows: [{ attention: { why: 'failed', reason: 'The cover is gone.' } }] });
  expect(retried.json()).toEqual({ sent: true, steps: ['fetch image one (failed)'] });
  expect(byCommand).toHaveLength(1);
  // The first stays hidden in the queue.
  expect(await bench.messages()).toEqual(byCommand);
});

test('of a task that lacks nothing, or is not there, nothing is asked', async () => {
  const { messages, post, putRecord } = await openRoom();
  await putRecord(iron);

  expect((await post('/api/tasks/iron/retry')).json()).toEqual({ sent: false, steps: [] });
  expect((await post('/api/tasks/nobody/retry')).status).toBe(404);
  expect(await messages()).toEqual([]);
});

describe('a large video', () => {
  const bytes = 500_000_000;
  const key = `${folder}/a.mp4`;

  async function openVideo() {
    const room = await setUpCli();
    const video = {
      ...storedAsset({ kind: 'video', trackId: 'a', key }, Buffer.from('')),
      bytes,
      contentType: 'video/mp4',
    };
    await room.putRecord({ ...iron, assets: [video] });
    const file = join(room.bucketFolder, key);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, '');
    await truncate(file, bytes);
    const entered = await enter(room.data, await temporaryFolder());
    await entered.whole();
    return entered;
  }

  test('is sought without being loaded, and a browser that leaves ends the reading', async () => {
    const { port, own, get } = await openVideo();

    const piece = await open(port, `/media/${key}`, { headers: { ...own, range: 'bytes=499999990-' } });
    const whole = await open(port, `/media/${key}`, { headers: { ...own, range: 'bytes=0-' } });
    whole.destroy();

    expect([piece.statusCode, piece.headers['content-range']]).toEqual([206, `bytes 499999990-499999999/${bytes}`]);
    expect((await piece.toArray()).reduce((sum, { length }) => sum + length, 0)).toBe(10);
    expect(whole.statusCode).toBe(206);
    expect((await get(`/media/${key}`.replace('mp4', 'txt'))).status).toBe(404);
  });
});

test('a second start reads only what has changed', async () => {
  const bench = await setUpCli();
  const cache = await temporaryFolder();
  await bench.putRecord(iron);
  await bench.putRecord(broken);
  const first = await enter(bench.data, cache);
  await first.whole();
  await first.stop();
  expect(await readdir(join(cache, 'trackkeeper'))).toHaveLength(1);

  await bench.putRecord({ ...broken, status: 'archived', failure: null, assets: [] });
  const second = await enter(bench.data, cache);
  await second.whole();

  expect(await second.list()).toMatchObject({ total: 2, rows: [{ status: 'archived' }, { status: 'archived' }] });
});

test('no secret is in what it prints besides the address, nor in any answer', async () => {
  const { get, written, putRecord, whole } = await openRoom();
  await putRecord(iron);
  const token = new URL(JSON.parse(written.out).url).searchParams.get('token') ?? '';
  void whole;

  const answers = await Promise.all(['/', '/main.js', '/api/tasks', '/api/attention', '/nothing'].map(get));

  expect(token.length).toBeGreaterThanOrEqual(43);
  expect(written.err).not.toContain(token);
  for (const { body, headers } of answers) expect(body.toString() + JSON.stringify(headers)).not.toContain(token);
});

test('a bucket that cannot be read is reported on the page, and so is a record', async () => {
  const gone = await setUpCli();
  await rm(gone.bucketFolder, { recursive: true });
  const odd = await setUpCli();
  await odd.put('tasks/odd.json', '{}');
  const without = await enter(gone.data, await temporaryFolder());
  const within = await enter(odd.data, await temporaryFolder());

  await vi.waitUntil(async () => (await without.list()).trouble !== null);
  await within.whole();

  expect((await without.list()).trouble).toContain('There is no bucket trackkeeper');
  expect((await within.get('/api/attention')).json()).toMatchObject({ unreadable: ['tasks/odd.json'], trouble: null });
});

test('as npx runs it, it stays until Ctrl-C, and ends at once with 0', async () => {
  const { data } = await setUpCli();
  const program = join(import.meta.dirname, '../../cli/main.ts');
  const env = { ...process.env, XDG_CACHE_HOME: await temporaryFolder() };
  const room = spawn(process.execPath, [program, 'browse', '--json', '--port', '0', '--local', data], { env });
  onTestFinished(() => void room.kill('SIGKILL'));
  const url = await new Promise<URL>((done) => room.stdout.once('data', (text) => done(new URL(JSON.parse(text).url))));

  const { status } = await ask(Number(url.port), `${url.pathname}${url.search}`);
  room.kill('SIGINT');
  const [code, signal] = await once(room, 'exit');

  expect([url.hostname, status, code, signal]).toEqual(['127.0.0.1', 303, 0, null]);
});

describe('the port', () => {
  async function takenPort() {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    onTestFinished(() => void server.close());
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  test('that is taken is not given up for another one that no one asked for', async () => {
    const { data } = await setUpCli();
    const port = await takenPort();
    const { world, written } = testWorld({ untilInterrupted: () => AbortSignal.abort(), wait: untilAborted });

    const exitCode = await runCommandLine(['browse', '--port', `${port}`, '--local', data], world);

    expect([exitCode, written.out]).toEqual([2, '']);
    expect(written.err).toContain(`Port ${port} is in use`);
  });

  test.each(['http', '70000', '-1', '1.5'])('%s is none', async (port) => {
    const { cli } = await setUpCli();

    expect(await cli('browse', '--port', port)).toMatchObject({ exitCode: 2, out: '' });
  });
});
