// The test task: one callback through the public endpoint, and its result. Each step depends on the one before.
import { randomBytes } from 'node:crypto';
import { parseRecord } from '../../../client/read-records.ts';
import { testSong, testSongSeconds } from '../../../client/test-song.ts';
import { kieSignature } from '../../../functions/domain/kie-signature.ts';
import { callbackKey, recordKey } from '../../../functions/domain/object-key.ts';
import type { TaskRecord } from '../../../functions/domain/record.ts';
import { testTaskPrefix } from '../../../infra/shared-settings.ts';
import { type CheckFinding, doctorLimits, failed, notChecked, proved, UnreachableError } from '../finding.ts';
import { readSecretContent, readToken } from '../secret-content.ts';
import type { DoctorTarget, ExaminedBucket } from '../target.ts';
import { judgeArchived, judgeRepeated } from './judge-archived.ts';

export type Waiting = { now(): Date; wait(ms: number, signal?: AbortSignal): Promise<void>; signal: AbortSignal };

export type TestTask = {
  taskId: string;
  accepted(): Promise<CheckFinding>;
  kept(): Promise<CheckFinding>;
  archived(): Promise<CheckFinding>;
  repeated(): Promise<CheckFinding>;
  /** Whether a callback was sent whose end was not seen: the archiver may still write. */
  isUnderWay(): boolean;
};

// The callback that the doctor sends: a finished song, as sunoapi.org and kie.ai tell of one.

/** The label of everything that the doctor sends, and the second label of the repeated callback. */
const doctorLabel = 'doctor';

const atArchiver =
  'Does the archiver run? Look at its log, at its triggers, and at the queue: a throttled function leaves messages there.';

const againLabel = 'doctorAgain';

export function createTestTask(deployment: DoctorTarget, waiting: Waiting): TestTask {
  const { now, signal } = waiting;
  const startedAt = now().getTime();
  const taskId = `${testTaskPrefix}${now()
    .toISOString()
    .replace(/[-:]|\.\d+/g, '')}-${randomBytes(6).toString('hex')}`;
  const seed = randomBytes(16).toString('hex');
  const song = testSong(seed);
  let body = '';
  let isUnderWay = false;

  async function post(labels: Record<string, string>): Promise<CheckFinding> {
    const secret = await deployment.secret();
    const [token, content] = [readToken(secret), readSecretContent(secret)];
    if (token === undefined || content === undefined) return notChecked('The secret holds no token to send it with.');
    const url = `${deployment.callbackBaseUrl}${token}?${new URLSearchParams(labels)}`;
    const headers = { 'content-type': 'application/json', ...signedHeaders(taskId, content.kieWebhookKey, now()) };
    signal.throwIfAborted();
    const sentAt = now().getTime();
    // Even without a response the queue may have it.
    isUnderWay = true;
    const answer = await deployment.ask(url, { method: 'POST', headers, body, signal }).catch((error: unknown) => {
      if (error instanceof UnreachableError) isUnderWay = false;
      throw error;
    });
    const seconds = ((now().getTime() - sentAt) / 1000).toFixed(1);
    if (answer.status === 200) return proved(`It was answered 200 after ${seconds} s, once the queue had it.`);
    isUnderWay = answer.status >= 500;
    // An error page may repeat the URL.
    const said = answer.body.replaceAll(token, '<token>').slice(0, 200);
    return failed(
      `It was answered ${answer.status} instead of 200: ${said}`,
      '401: the clock, or the key in the secret. 404: the token. 429: throttleRate. 503: the queue; see the receiver’s log.',
    );
  }

  const look = async (isIt: (record: TaskRecord) => boolean) => {
    const record = await readTestRecord(deployment.bucket, taskId);
    return record !== undefined && isIt(record) && isAtRest(record, now()) ? record : undefined;
  };
  const until = <T>(what: () => Promise<T | undefined>, ms: number) => waitUntil(what, startedAt + ms, waiting);

  const accepted = once(async () => {
    body = testCallback(taskId, await deployment.offer(taskId, seed));
    return await post({ [doctorLabel]: taskId });
  });

  const kept = after(accepted, async () => {
    const key = callbackKey(taskId, 'complete', Buffer.from(body));
    const found = await until(() => deployment.bucket.read(key), doctorLimits.archivedMs);
    if (found === undefined)
      return failed(`It is not under callbacks/ after ${secondsSince(startedAt)} s.`, atArchiver);
    if (found.bytes.equals(Buffer.from(body))) return proved('It is under callbacks/, byte for byte.');
    return failed(`${key} has other bytes than were sent.`, 'Does something else write into the bucket?');
  });

  let record: TaskRecord | undefined;
  const archived = after(kept, async () => {
    record = await until(() => look(() => true), doctorLimits.archivedMs);
    if (record === undefined) {
      const after = `after ${secondsSince(startedAt)} s`;
      return failed(`Its record is not final, or its event was not sent to EventBridge, ${after}.`, atArchiver);
    }
    isUnderWay = false;
    return await judgeArchived(record, { bucket: deployment.bucket, song, ms: now().getTime() - startedAt });
  });

  const repeated = after(archived, async () => {
    const sent = await post({ [doctorLabel]: taskId, [againLabel]: 'true' });
    if (sent.outcome !== 'proved') return sent;
    const again = await until(() => look(({ labels }) => againLabel in labels), doctorLimits.repeatedMs);
    if (again === undefined || record === undefined) {
      return failed(`The second callback was not worked off after ${secondsSince(startedAt)} s.`, atArchiver);
    }
    isUnderWay = false;
    return await judgeRepeated({ before: record, after: again }, { bucket: deployment.bucket, song });
  });

  function secondsSince(start: number): number {
    return Math.round((now().getTime() - start) / 1000);
  }

  return { taskId, accepted, kept, archived, repeated, isUnderWay: () => isUnderWay };
}

/** kie.ai's signature, if the secret has its key. */
function signedHeaders(taskId: string, key: string | null, now: Date): Record<string, string> {
  if (key === null) return {};
  const timestamp = String(Math.floor(now.getTime() / 1000));
  return { 'x-webhook-timestamp': timestamp, 'x-webhook-signature': kieSignature(taskId, timestamp, key) };
}

/** Undefined if there is no record, or it belongs to another task. */
export async function readTestRecord(
  bucket: Pick<ExaminedBucket, 'read'>,
  taskId: string,
): Promise<TaskRecord | undefined> {
  const found = await bucket.read(recordKey(taskId));
  const record = found === undefined ? undefined : parseRecord(found.bytes.toString('utf8'));
  return record?.taskId === taskId ? record : undefined;
}

/**
 * Whether the task is final: its event was sent to EventBridge, or it waits for its due time. Before that, its
 * message may be redelivered and would create a removed record again.
 */
function isAtRest({ claim, status, dueAt, announced }: TaskRecord, now: Date): boolean {
  if (claim !== null) return false;
  const isClosed = status === 'archived' || status === 'failed';
  return (isClosed && announced.length > 0) || (dueAt !== null && Date.parse(dueAt) > now.getTime() + wakeMs);
}

/** A task that is due this soon has been woken already, and its message is on its way. */
const wakeMs = 10_000;

/** Polls until something is found; undefined if it is not found in time. */
export async function waitUntil<T>(
  look: () => Promise<T | undefined>,
  giveUpAt: number,
  { now, wait, signal }: Waiting,
): Promise<T | undefined> {
  for (;;) {
    signal.throwIfAborted();
    const found = await look();
    if (found !== undefined || now().getTime() >= giveUpAt) return found;
    await wait(doctorLimits.lookMs, signal);
  }
}

function once(make: () => Promise<CheckFinding>): () => Promise<CheckFinding> {
  let made: Promise<CheckFinding> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function testCallback(taskId: string, songUrl: string): string {
  const track = { id: `${taskId}-song`, audio_url: songUrl, title: 'Doctor', duration: testSongSeconds };
  return JSON.stringify({
    code: 200,
    msg: 'All generated successfully.',
    data: { callbackType: 'complete', task_id: taskId, data: [track] },
  });
}

/** A step that runs only if the one before it was proved. */
function after(before: () => Promise<CheckFinding>, step: () => Promise<CheckFinding>): () => Promise<CheckFinding> {
  return once(async () => {
    const outcome = await before().then(
      (finding) => finding.outcome,
      () => 'failed',
    );
    return outcome === 'proved' ? await step() : notChecked('A check that it depends on failed.');
  });
}
