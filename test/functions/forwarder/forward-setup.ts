// The forwarder with doubles: a bucket in memory, a webhook that answers as the test wants, and links that can be
// distinguished.
import type { TaskRecord } from '../../../functions/domain/record.ts';
import type { TaskEventDetail } from '../../../functions/domain/task-event.ts';
import type { ForwardDeps } from '../../../functions/forwarder/forward.ts';
import { recordOf } from '../../cli/records.ts';
import { inMemoryBucket } from '../../doubles/in-memory-bucket.ts';
import { virtualClock } from '../../doubles/virtual-clock.ts';

export const taskId = '2fac5d0e6b7c4f1e9a3d8c2b1a0f9f72';
export const presignUrl = (key: string) => `https://bucket.example/${key}?signature`;

export const detail: TaskEventDetail = {
  schemaVersion: 1,
  id: '0f9f722fac5d0e6b7c4f1e9a3d8c2b1a',
  stack: 'Trackkeeper',
  bucket: 'music',
  record: `tasks/${taskId}.json`,
  taskId,
  provider: 'sunoapi.org',
  kind: 'music',
  labels: {},
  failure: null,
  missing: [],
  deadline: '2026-12-04T18:04:11.137Z',
  hoursLeft: null,
  assets: [],
  omittedAssets: 0,
};

/** As EventBridge sends it to the queue. */
export const envelopeOf = (type: string, more: Partial<TaskEventDetail> = {}) =>
  JSON.stringify({
    version: '0',
    id: 'b1a0f9f7-22fa-4c5d-8e6b-7c4f1e9a3d8c',
    'detail-type': type,
    source: 'trackkeeper',
    account: '123456789012',
    time: '2026-11-20T18:05:00Z',
    region: 'eu-west-1',
    resources: [],
    detail: { ...detail, ...more },
  });

type Answer = { status: number } | Error;

export function openBench({ answers = [{ status: 200 }], keys = [] }: { answers?: Answer[]; keys?: Buffer[] } = {}) {
  const bucket = inMemoryBucket();
  const posted: { body: string; headers: Readonly<Record<string, string>> }[] = [];
  const logged: unknown[] = [];
  const deps: ForwardDeps = {
    bucket,
    // The keys are in the order of their writing.
    findLatestKey: async (prefix) => [...bucket.objects.keys()].findLast((key) => key.startsWith(prefix)),
    presignUrl: async (key) => presignUrl(key),
    readKeys: async () => keys,
    async post(body, headers) {
      const answer = answers[Math.min(posted.length, answers.length - 1)];
      posted.push({ body, headers });
      if (answer === undefined || answer instanceof Error) throw answer ?? new Error('no answer is left');
      return { ...answer, host: 'music.example.com' };
    },
    clock: virtualClock('2026-11-20T18:05:00.500Z'),
    log: (...line) => void logged.push(line),
  };
  const write = (key: string, text: string) => bucket.write(key, text, { contentType: 'application/json' });
  return {
    deps,
    posted,
    logged,
    write,
    record: (more: Partial<TaskRecord> = {}) =>
      write(`tasks/${taskId}.json`, JSON.stringify(recordOf({ taskId, ...more }))),
  };
}
