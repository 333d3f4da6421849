// A deployment in memory that is well, and whatever a test wants to be wrong with it.

import { examine } from '../../../cli/doctor/examine.ts';
import type { DoctorTarget, ExaminedStack, QueueState } from '../../../cli/doctor/target.ts';
import { testSong } from '../../../client/test-song.ts';
import { callbackKey, recordKey } from '../../../functions/domain/object-key.ts';
import type { TaskRecord } from '../../../functions/domain/record.ts';
import { queueLimits } from '../../../infra/shared-settings.ts';
import { recordOf, storedAsset } from '../records.ts';

export const token = 'a-token-of-some-length';
export const start = Date.parse('2026-11-21T12:00:00.000Z');

/** Short waits move the clock; long ones, which are limits, wait until it has come so far. */
export function doctorClock() {
  let at = start;
  const limits: { at: number; end: () => void }[] = [];
  return {
    now: () => new Date(at),
    wait: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((end) => {
        signal?.addEventListener('abort', () => end());
        if (ms >= 10_000) {
          limits.push({ at: at + ms, end });
          return;
        }
        at += ms;
        for (const limit of limits) if (limit.at <= at) limit.end();
        setImmediate(end);
      }),
  };
}

type Stored = { bytes: Buffer; contentType: string; taskId?: string };
type Delivered = { taskId: string; body: string; labels: Record<string, string>; song: Buffer };
type Archive = (delivered: Delivered, objects: Map<string, Stored>) => void;

export const songKey = (taskId: string) => `library/2026-11/2026-11-21_Doctor_${taskId}/Doctor.mp3`;

/** What the archiver leaves of a callback. */
export const archive =
  (change: (record: TaskRecord) => TaskRecord = (record) => record): Archive =>
  ({ taskId, body, labels, song }, objects) => {
    const key = songKey(taskId);
    const asset = storedAsset({ kind: 'audio', key, path: key.replace(/\.mp3$/, '') }, song);
    const folder = key.replace(/\/[^/]+$/, '');
    const record = recordOf({ taskId, labels, folder, assets: [asset], announced: ['its end'] });
    const json = 'application/json';
    objects.set(callbackKey(taskId, 'complete', Buffer.from(body)), { bytes: Buffer.from(body), contentType: json });
    objects.set(key, { bytes: song, contentType: 'audio/mpeg', taskId });
    objects.set(recordKey(taskId), { bytes: Buffer.from(JSON.stringify(change(record))), contentType: json });
  };

const arn = (name: string) => `arn:aws:sqs:eu-west-1:123456789012:${name}`;
export const healthyQueue = (name: string): QueueState => ({
  arn: arn(name),
  visibilitySeconds: queueLimits.visibilitySeconds,
  retentionSeconds: queueLimits.retentionSeconds,
  redrive: { targetArn: arn('deadLetterQueue'), maxReceiveCount: queueLimits.maxReceiveCount },
  isEncrypted: true,
  waiting: 0,
});

export function healthyDeployment({ archived = archive() }: { archived?: Archive } = {}) {
  const objects = new Map<string, Stored>();
  const posted: { url: string; headers: Readonly<Record<string, string>> }[] = [];
  let song: Buffer = Buffer.alloc(0);
  const deployment: DoctorTarget = {
    callbackBaseUrl: 'https://api.example/callbacks/',
    secret: async () => JSON.stringify({ token }),
    async ask(url, { method, headers = {}, body = '' }) {
      const { pathname, searchParams } = new URL(url);
      const answer = (status: number, text: string) => ({ status, body: text, date: new Date(start) });
      if (!pathname.endsWith(`/${token}`)) return answer(404, '{"message":"Not Found"}');
      if (method === 'GET') return answer(200, '{"status":"ready"}');
      posted.push({ url, headers });
      const { task_id: taskId } = JSON.parse(body).data;
      archived({ taskId, body, labels: Object.fromEntries(searchParams), song }, objects);
      return answer(200, '{"status":"received"}');
    },
    bucket: {
      async *list(prefix) {
        yield* [...objects.keys()].filter((key) => key.startsWith(prefix)).sort();
      },
      read: async (key) => objects.get(key),
      ownerOf: async (key) => objects.get(key)?.taskId,
      async remove(key) {
        objects.delete(key);
        return false;
      },
    },
    async offer(taskId, seed) {
      song = testSong(seed);
      objects.set(`incoming/${taskId}/song.mp3`, { bytes: song, contentType: 'audio/mpeg' });
      return 'https://media.example/song.mp3';
    },
    queue: async (name) => healthyQueue(name),
    stack: null,
  };
  return { deployment, objects, posted };
}

const policy = {
  Statement: [
    { Effect: 'Allow', Principal: '*', Action: 's3:GetObject' },
    {
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: 's3:*',
      Resource: '*',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  ],
};

export const healthyStack: ExaminedStack = {
  name: 'Music',
  bucketName: 'music',
  alarmTopicArn: 'arn:aws:sns:eu-west-1:123456789012:Music-Alarms',
  alarms: async () => [{ name: 'Music-Dead', description: 'Something was given up.', state: 'OK', hasActions: true }],
  listeners: async () => ({ confirmed: 1, pending: 0 }),
  sweeps: async () => ({ times: 15, deployedAt: new Date(start) }),
  oldestSeconds: async () => 2,
  bucketSettings: async () => ({
    blocksPublicAccess: true,
    policy: JSON.stringify(policy),
    encryption: 'AES256',
    abortsUploadsAfterDays: 15,
  }),
  isAllowed: async (role, action, resource) =>
    ({ Receiver: /SendMessage .*:queue$/, Archiver: /ReceiveMessage|PutObject/, Sweeper: /SendMessage|schedule/ })[
      role
    ].test(`${action} ${resource}`),
};

type Circumstances = { interrupted?: AbortSignal; clock?: ReturnType<typeof doctorClock> };

/** All that is found: by the name of the check. */
export async function examined(
  deployment: DoctorTarget,
  { interrupted = new AbortController().signal, clock = doctorClock() }: Circumstances = {},
) {
  const all = await examine(deployment, { ...clock, interrupted, onProgress: () => {} });
  return {
    findings: Object.fromEntries(all.map(({ name, finding }) => [name, finding])),
    seconds: (clock.now().getTime() - start) / 1000,
    all,
  };
}
