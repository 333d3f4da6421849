import { describe, expect, test } from 'vitest';
import { type Archived, archive } from '../../../functions/archiver/archive.ts';
import type { Transfer } from '../../../functions/archiver/transfer/context.ts';
import { TransferError } from '../../../functions/domain/errors.ts';
import { decodeMessage, type QueueMessage } from '../../../functions/domain/message.ts';
import { type TaskRecord, taskRecord } from '../../../functions/domain/record.ts';
import { markerOf } from '../../../functions/domain/schedule.ts';
import type { Bucket, ProviderApi } from '../../../functions/ports.ts';
import { policyOf } from '../../doubles/archiver-policy.ts';
import { inMemoryBucket } from '../../doubles/in-memory-bucket.ts';
import { inMemoryEventBus } from '../../doubles/in-memory-event-bus.ts';
import { inMemorySchedule } from '../../doubles/in-memory-schedule.ts';

const start = Date.parse('2026-11-20T10:00:00.000Z');

const track = (id: string, more: object = {}) => ({
  id,
  title: `Song ${id}`,
  prompt: `words of ${id}`,
  audio_url: `https://h.example/${id}.mp3`,
  duration: 100,
  ...more,
});

function message(callbackType: string, data: unknown, code = 200): QueueMessage & { type: 'callback' } {
  const body = { code, msg: 'ok', data: { callbackType, task_id: 'task', data } };
  return {
    type: 'callback',
    receivedAt: new Date(start).toISOString(),
    labels: {},
    body: Buffer.from(JSON.stringify(body)),
  };
}

const complete = message('complete', [track('a'), track('b')]);

const nobody: ProviderApi = {
  ask: async () => ({ outcome: 'refused', detail: 'there is no key', refusal: null }),
  freshLink: async () => null,
};

/** Publishes the URL's own text as the file. URLs that a test names fail. */
function transferTo(bucket: Bucket, failing: Record<string, TransferError> = {}) {
  const urls: string[] = [];
  const transfer: Transfer = async ({ taskId, asset, url }) => {
    urls.push(url);
    const failure = failing[url];
    if (failure !== undefined) throw failure;
    const key = `${asset.path}.mp3`;
    await bucket.write(key, url, { contentType: 'audio/mpeg', metadata: { taskid: taskId } }, 'absent');
    return {
      state: 'stored',
      key,
      bytes: url.length,
      crc32: 'AAAAAA==',
      sha256: 'aa',
      contentType: 'audio/mpeg',
      suspect: null,
      measuredSeconds: null,
    };
  };
  return { urls, transfer };
}

function world(failing: Record<string, TransferError> = {}, bucket = inMemoryBucket()) {
  const { urls, transfer } = transferTo(bucket, failing);
  const lines: unknown[] = [];
  const wakes: string[] = [];
  let wakesSent = 0;
  const time = { now: start };
  const deps = {
    bucket,
    transfer,
    clock: { now: () => new Date(time.now) },
    log: (...line: unknown[]) => void lines.push(line),
    schedule: inMemorySchedule(bucket),
    bus: inMemoryEventBus(),
    origin: { stack: 'test', bucket: 'music' },
    provider: nobody,
    policy: policyOf(),
    wakeQueue: {
      async send(wake: string) {
        wakesSent++;
        wakes.push(wake);
      },
    },
    random: () => 0,
  };
  /** Processes the message, and then the wake message that it leads to. */
  async function invoke(
    one: QueueMessage,
    { messageId = 'm1', signal = new AbortController().signal, more = {} } = {},
  ): Promise<Archived> {
    const invocation = { messageId, endsAt: new Date(time.now + 900_000), signal, stopping: signal };
    const archived = await archive(one, invocation, { ...deps, ...more });
    const wake = decodeMessage(wakes.shift() ?? '');
    return wake === undefined ? archived : await invoke(wake, { messageId, signal, more });
  }
  const record = (): TaskRecord =>
    taskRecord.parse(JSON.parse(bucket.objects.get('tasks/task.json')?.bytes.toString() ?? ''));
  /** Wakes the task for each marker that is left, as the sweeper does. */
  async function wakeAll(): Promise<void> {
    for (const { dueAt, task } of bucket.keys().flatMap((key) => markerOf(key) ?? [])) {
      await invoke({ type: 'wake', task, marker: dueAt });
    }
  }
  return { bucket, urls, lines, time, invoke, wakeAll, wakesSent: () => wakesSent, record };
}

/** The bucket's content without times. */
function contents(bucket: ReturnType<typeof inMemoryBucket>) {
  return bucket.keys().map((key) => [
    key,
    bucket.objects
      .get(key)
      ?.bytes.toString()
      .replace(/"at": "[^"]+"/g, ''),
  ]);
}

describe('a callback', () => {
  test('ends with its files and lyrics stored, and a record that says so', async () => {
    const { bucket, invoke, record } = world();

    const archived = await invoke(complete);

    expect(archived).toEqual({ outcome: 'done' });
    expect(record()).toMatchObject({ status: 'archived', claim: null });
    expect(bucket.keys().map((key) => key.replace(/_[0-9a-f]{8}/g, '').replace(/-[0-9a-f]{8}\./, '.'))).toEqual([
      'callbacks/task/complete.json',
      'library/2026-11/2026-11-20_Song-a/Song-a.mp3',
      'library/2026-11/2026-11-20_Song-a/Song-a.txt',
      'library/2026-11/2026-11-20_Song-a/Song-b.mp3',
      'library/2026-11/2026-11-20_Song-a/Song-b.txt',
      'tasks/task.json',
    ]);
  });

  test('P5: a crash before any write, and the same message again, end in the same bucket', async () => {
    const calm = world();
    await calm.invoke(complete);
    const writes = calm.lines.length + 20;

    for (let fatal = 1; fatal <= writes; fatal++) {
      const bucket = inMemoryBucket();
      const frail = crashingAt(bucket, fatal);
      const { transfer } = transferTo(frail);
      const { invoke, wakeAll } = world({}, bucket);

      await invoke(complete, { more: { bucket: frail, transfer } }).catch(() => undefined);
      await invoke(complete);
      await wakeAll();

      expect(contents(bucket)).toEqual(contents(calm.bucket));
    }
  });

  test('one bad track does not affect another', async () => {
    const bad = { 'https://h.example/a.mp3': new TransferError('server_error', 'the host answered 500') };
    const { invoke, record } = world(bad);

    const archived = await invoke(complete);

    expect(archived).toEqual({ outcome: 'open', dueAt: new Date(start + 60_000).toISOString() });
    expect(record().assets.filter(({ kind }) => kind === 'audio')).toMatchObject([
      { state: 'open', attempts: [{ code: 'server_error' }], nextDueAt: new Date(start + 60_000).toISOString() },
      { state: 'stored' },
    ]);
  });

  test('that was left open is resumed when it is due, and not before', async () => {
    const bad = { 'https://h.example/a.mp3': new TransferError('server_error', 'the host answered 500') };
    const { invoke, time, urls, record } = world(bad);
    await invoke(complete);

    await invoke(complete);
    expect(urls).toHaveLength(2);
    Reflect.deleteProperty(bad, 'https://h.example/a.mp3');
    time.now += 60_000;
    const archived = await invoke(complete);

    expect(archived).toEqual({ outcome: 'done' });
    expect(record().status).toBe('archived');
  });

  test('that arrives when no time is left stays open, is due at once, and has no failed attempt', async () => {
    const { invoke, record } = world();

    const archived = await invoke(complete, { signal: AbortSignal.abort() });

    expect(archived).toEqual({ outcome: 'open', dueAt: new Date(start).toISOString() });
    expect(record().assets.find(({ kind }) => kind === 'audio')).toMatchObject({ state: 'open', attempts: [] });
  });

  test('wakes its task once; a wake message sends no further one, or Lambda would take it for a loop', async () => {
    const { invoke, wakesSent } = world({ 'https://h.example/a.mp3': new TransferError('server_error', '500') });

    await invoke(complete);

    expect(wakesSent()).toBe(1);
  });

  test('whose bucket fails leaves nothing running behind', async () => {
    const { invoke, bucket } = world();
    let running = 0;
    const { transfer: inner } = transferTo(bucket);
    const transfer: Transfer = async (job, options) => {
      running++;
      // The other song takes longer than the failure.
      if (job.url.endsWith('b.mp3')) await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
      return inner(job, options).finally(() => running--);
    };

    await expect(invoke(complete, { more: { transfer, bucket: crashingAt(bucket, 3) } })).rejects.toThrow('crash');

    expect(running).toBe(0);
  });

  test('that is not understood, but names its task, is kept in both places, and its task is followed up', async () => {
    const { invoke, bucket, record } = world();
    const body = Buffer.from(JSON.stringify({ code: 200, data: { task_id: 'task', hologram: 'https://h.example/x' } }));

    const archived = await invoke({ type: 'callback', receivedAt: new Date(start).toISOString(), labels: {}, body });

    expect(archived).toEqual({ outcome: 'unrecognised' });
    expect(bucket.keys()).toEqual([
      expect.stringMatching(/^callbacks\/task\/complete-/),
      expect.stringMatching(/^callbacks\/unrecognised\//),
      expect.stringMatching(/^schedule\//),
      'tasks/task.json',
    ]);
    expect(record()).toMatchObject({ kind: 'unknown', status: 'waiting' });
  });

  test('is kept before anything else is read or written', async () => {
    const { invoke, bucket } = world();
    const writes: string[] = [];
    const watched = {
      ...bucket,
      write: async (...call: Parameters<Bucket['write']>) => {
        writes.push(call[0]);
        return bucket.write(...call);
      },
    };

    await invoke(complete, { more: { bucket: watched } });

    expect(writes[0]).toMatch(/^callbacks\/task\/complete-/);
  });

  test('for a task whose record cannot be read changes nothing, and the error says what to do', async () => {
    const { invoke, bucket } = world();
    await bucket.write('tasks/task.json', '{"schemaVersion":2}', { contentType: 'application/json' });

    await expect(invoke(complete)).rejects.toThrow(
      'tasks/task.json is not a record that this version can read: repair it',
    );

    expect((await bucket.read('tasks/task.json'))?.text).toBe('{"schemaVersion":2}');
    expect(bucket.keys()).toContainEqual(expect.stringMatching(/^callbacks\/task\/complete-/));
  });

  test('with other lyrics for a song writes the lyrics again, and fetches nothing again', async () => {
    const { invoke, bucket, urls } = world();
    await invoke(message('first', [track('a', { prompt: 'early words' })]));

    await invoke(message('complete', [track('a', { prompt: 'final words' })]));

    const words = bucket.keys().find((key) => key.endsWith('.txt'));
    expect(bucket.objects.get(words ?? '')?.bytes.toString()).toBe('final words');
    expect(urls).toHaveLength(1);
  });

  test('that is not recognised is stored and logged', async () => {
    const { invoke, bucket, lines } = world();

    const archived = await invoke({ ...complete, body: Buffer.from('{"code":200}') });

    expect(archived).toEqual({ outcome: 'unrecognised' });
    expect(bucket.keys()).toEqual([expect.stringMatching(/^callbacks\/unrecognised\/[0-9a-f]{16}\.json$/)]);
    expect(lines).toMatchObject([['warn', 'callback.unrecognised', { reason: 'there is no task id anywhere' }]]);
  });

  test('writes no lyrics and no links to the log', async () => {
    const { invoke, lines } = world();

    await invoke(complete);

    expect(JSON.stringify(lines)).not.toMatch(/words of|\.mp3\?|https:/);
  });
});

const progress = {
  ...{ source: 'https://h.example/a.mp3', version: '"1"', totalBytes: 100, partBytes: 10 },
  ...{ key: 'library/a.mp3', contentType: 'audio/mpeg', checkedParts: 3, crc32: 1, structure: null },
  at: new Date(start).toISOString(),
};

test('a large file that fails at its deadline leaves no upload', async () => {
  const { invoke, bucket, record, time } = world();
  const uploadId = await bucket.startUpload(progress.key, { contentType: 'audio/mpeg' });
  const cut: Transfer = async (_job, { save }) => {
    await save({ ...progress, uploadId });
    throw new TransferError('cut', 'the host ended');
  };
  await invoke(message('complete', [track('a', { prompt: '' })]), { more: { transfer: cut } });
  expect(bucket.openUploads()).toHaveLength(1);

  time.now += 14 * 24 * 3_600_000;
  await invoke(message('complete', [track('a', { prompt: '' })]), { more: { transfer: cut } });

  expect(record().assets).toMatchObject([{ state: 'failed', progress: null }]);
  expect(bucket.openUploads()).toEqual([]);
});

describe('two invocations on one task', () => {
  test('a link that arrives while the only other one fails for good is tried as well', async () => {
    const { invoke, record, bucket } = world({ 'https://h.example/a.mp3': new TransferError('not_found', 'gone') });
    const { transfer: inner, urls } = transferTo(bucket, {
      'https://h.example/a.mp3': new TransferError('refused_url', 'no'),
    });
    const transfer: Transfer = async (job, options) => {
      const other = message('complete', [track('a', { audio_url: 'https://h.example/other.mp3' })]);
      if (urls.length === 0) expect(await invoke(other, { messageId: 'm2' })).toEqual({ outcome: 'claimed' });
      return inner(job, options);
    };

    await invoke(message('complete', [track('a')]), { more: { transfer } });

    expect(record().assets.find(({ kind }) => kind === 'audio')).toMatchObject({ state: 'stored' });
    expect(urls.at(-1)).toBe('https://h.example/other.mp3');
  });

  test('fetch its files once: an invocation that finds a live claim leaves the work to its holder', async () => {
    const { invoke, urls, record, bucket } = world();
    const transfer: Transfer = async (job, options) => {
      // While the first invocation downloads, the second message arrives.
      if (urls.length === 0)
        expect(await invoke(message('first', [track('c')]), { messageId: 'm2' })).toEqual({ outcome: 'claimed' });
      return inner(job, options);
    };
    const { transfer: inner, urls: fetched } = transferTo(bucket);

    await invoke(complete, { more: { transfer } });

    expect(fetched.sort()).toEqual(['a', 'b', 'c'].map((id) => `https://h.example/${id}.mp3`));
    expect(record()).toMatchObject({ claim: null, status: 'archived' });
  });

  test('F52: an invocation whose task was taken over writes nothing into the record any more', async () => {
    const { invoke, time, record, bucket } = world();
    const { transfer: inner } = transferTo(bucket);
    const overtaken: Transfer = async (_job, { save }) => {
      // Its claim expires, and another invocation does all the work.
      time.now += 900_001;
      await invoke(complete, { messageId: 'm2', more: { transfer: inner } });
      await save({ ...progress, uploadId: 'u' });
      throw new Error('it noticed nothing');
    };

    const archived = await invoke(message('complete', [track('a')]), { more: { transfer: overtaken } });

    expect(archived).toEqual({ outcome: 'done' });
    expect(record()).toMatchObject({ status: 'archived', claim: null });
    expect(record().assets.filter(({ kind }) => kind === 'audio')).toMatchObject([
      { state: 'stored', attempts: [], progress: null },
      { state: 'stored' },
    ]);
  });

  test('an expired claim is taken over', async () => {
    const { invoke, time, record, bucket } = world();
    const never: Transfer = () => Promise.reject(new Error('crash'));
    await invoke(complete, { more: { transfer: never, bucket: crashingAt(bucket, 5) } }).catch(() => undefined);
    expect(record().claim).toMatchObject({ by: 'm1' });

    expect(await invoke(complete, { messageId: 'm2' })).toEqual({ outcome: 'claimed' });
    time.now += 900_001;
    expect(await invoke(complete, { messageId: 'm2' })).toEqual({ outcome: 'done' });
  });

  test('a redelivered message takes its own claim again', async () => {
    const { invoke, record, bucket } = world();
    const never: Transfer = () => Promise.reject(new Error('crash'));
    await invoke(complete, { more: { transfer: never, bucket: crashingAt(bucket, 3) } }).catch(() => undefined);

    await invoke(complete);

    expect(record()).toMatchObject({ status: 'archived', claim: null });
  });

  test('many concurrent callbacks end in one record that contains them all', async () => {
    const { invoke, record } = world();
    const ids = Array.from({ length: 20 }, (_, index) => `id-${index}`);

    await Promise.all(ids.map((id) => invoke(message('first', [track(id)]), { messageId: id })));

    expect(record().assets.filter(({ state }) => state === 'stored')).toHaveLength(40);
  });
});

/** A bucket whose n-th write and all later ones fail, as if the process had crashed there. */
function crashingAt(bucket: Bucket, fatal: number): Bucket {
  let writes = 0;
  return {
    ...bucket,
    async write(...write) {
      if (++writes >= fatal) throw new Error('crash');
      return bucket.write(...write);
    },
  };
}
