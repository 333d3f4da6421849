// The whole system in one process, on a virtual clock. The code of the receiver, the archiver, the sweeper and the
// transfer is real; bucket, queues, hosts and provider are doubles. Each function may crash at any write.

import type { ArchiverPolicy } from '../../../functions/archiver/allowed-sources.ts';
import { processMessage } from '../../../functions/archiver/process-message.ts';
import { createTransfer } from '../../../functions/archiver/transfer/transfer.ts';
import { encodeMessage } from '../../../functions/domain/message.ts';
import { type TaskRecord, taskRecord } from '../../../functions/domain/record.ts';
import type { Bucket, Log, ProviderApi } from '../../../functions/ports.ts';
import { receive } from '../../../functions/receiver/receive.ts';
import { sweep } from '../../../functions/sweeper/sweep.ts';
import { queueLimits } from '../../../infra/shared-settings.ts';
import { policyOf } from '../../doubles/archiver-policy.ts';
import { inMemoryBucket } from '../../doubles/in-memory-bucket.ts';
import { inMemoryEventBus } from '../../doubles/in-memory-event-bus.ts';
import { inMemoryQueue } from '../../doubles/in-memory-queue.ts';
import { inMemorySchedule } from '../../doubles/in-memory-schedule.ts';
import { virtualClock } from '../../doubles/virtual-clock.ts';
import { counted, noCalls } from './calls.ts';
import { frail } from './crashes.ts';
import { createHosts } from './hosts.ts';

export const start = Date.parse('2026-11-01T00:00:00.000Z');
const invocationMs = 900_000;
const minute = 60_000;
const never = new AbortController().signal;

export type WorldOptions = {
  provider?: ProviderApi;
  policy?: ArchiverPolicy;
  random?: () => number;
  /** The write before which this invocation crashes; never by default. */
  diesAt?: (who: 'receiver' | 'archiver' | 'sweeper') => number;
  /** Replaces calls of the bucket by others, which fail in some way. */
  bucketCalls?: (bucket: Bucket) => Partial<Bucket>;
  /** Whether EventBridge is down for this call. */
  isBusDown?: () => boolean;
  partBytes?: number;
};

const nobody: ProviderApi = {
  ask: async () => ({ outcome: 'refused', detail: 'there is no key', refusal: null }),
  freshLink: async () => null,
};

export function createWorld(options: WorldOptions = {}, clock = virtualClock(start)) {
  const { provider = nobody, policy = policyOf({ canAsk: options.provider !== undefined }) } = options;
  const { random = () => 0.5, diesAt = () => Infinity, partBytes = 1_000 } = options;
  const bucket = inMemoryBucket();
  const schedule = inMemorySchedule(bucket);
  const visible = { visibilityMs: queueLimits.visibilitySeconds * 1000, maxReceiveCount: queueLimits.maxReceiveCount };
  const callbacks = inMemoryQueue({ clock, ...visible });
  const wakes = inMemoryQueue({ clock, ...visible });
  const bus = inMemoryEventBus({ isDown: options.isBusDown });
  const hosts = createHosts(clock);
  const lines: { level: string; event: string; fields: Parameters<Log>[2] }[] = [];
  const log: Log = (level, event, fields) => void lines.push({ level, event, fields });
  const events: { at: number; run: () => Promise<unknown> }[] = [];
  const count = { archived: 0, swept: 0, died: 0 };
  const calls = noCalls();

  function mortal(who: Parameters<typeof diesAt>[0], queue: typeof callbacks) {
    const frailBucket: Bucket = { ...bucket, ...options.bucketCalls?.(bucket) };
    return frail(counted({ bucket: frailBucket, schedule, queue, wakeQueue: wakes, bus }, calls), diesAt(who));
  }

  /** Returns the receiver's response, or undefined if it crashed or the queue did not accept the message. */
  async function post(
    body: object | string,
    labels: Record<string, string> = {},
    token = 't',
  ): Promise<string | undefined> {
    calls.receiver++;
    const { queue, state } = mortal('receiver', callbacks);
    const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    const signed = { timestamp: undefined, signature: undefined };
    const secret = { tokens: ['t'], kieWebhookKeys: [] };
    const request = { method: 'POST', token, body: bytes, labels, signed };
    const answer = await receive(request, { queue, clock, readSecret: async () => secret }, never).catch(
      () => undefined,
    );
    if (state.isDead) count.died++;
    return state.isDead ? undefined : answer?.outcome;
  }

  async function announce(
    tasks: readonly { provider: 'sunoapi.org' | 'kie.ai'; kind: TaskRecord['kind']; taskId: string }[],
  ) {
    const message = encodeMessage({
      type: 'expected',
      receivedAt: clock.now().toISOString(),
      labels: {},
      tasks: [...tasks],
    });
    calls.receiver++;
    calls.sqs++;
    await callbacks.send(message, { signal: never });
  }

  async function runUntilIdle(queue: typeof callbacks): Promise<boolean> {
    const message = queue.receive();
    if (message === undefined) return false;
    count.archived++;
    calls.archiver++;
    // The requests of Lambda's poller: one to receive the message, one to delete it.
    calls.sqs += 2;
    const deps = mortal('archiver', queue);
    const transfer = createTransfer({
      ...{ source: hosts.source, bucket: deps.bucket, clock, log, partBytes },
      pause: async () => {},
      othersWait: wakes.hasWaiting,
      measureCpuHeadroom: () => () => ({ ms: 1_000, idleMs: 0 }),
    });
    const returnToQueue = (afterMs: number) => deps.queue.postpone(message.receiptHandle, afterMs);
    const received = { ...message, returnToQueue };
    const known = { transfer, provider, origin: { stack: 'world', bucket: 'music' }, policy, clock, log, random };
    const isDone = await processMessage(received, invocationMs, { ...deps, ...known });
    if (deps.state.isDead) count.died++;
    else if (isDone) queue.delete(message.receiptHandle);
    return true;
  }

  async function sweepOnce(): Promise<void> {
    count.swept++;
    const deps = mortal('sweeper', wakes);
    await sweep({ ...deps, clock, log }, { stopping: never }).catch(() => undefined);
    if (deps.state.isDead) count.died++;
  }

  const markers = () => bucket.keys().filter((key) => key.startsWith('schedule/'));

  /** The next minute in which the sweeper would find a marker. */
  async function nextSweep(): Promise<number> {
    const [first] = await schedule.due(new Date(8.64e15));
    if (first === undefined) return Infinity;
    const earliest = Math.max(Date.parse(first.dueAt) - minute, clock.now().getTime() + 1);
    return Math.ceil(earliest / minute) * minute;
  }

  /** Advances the clock until nothing is left to happen or `until` is reached. */
  async function run(until = Infinity): Promise<void> {
    for (;;) {
      while ((await runUntilIdle(callbacks)) || (await runUntilIdle(wakes))) {}
      events.sort((one, other) => one.at - other.at);
      const queued = [callbacks.nextVisibleAt(), wakes.nextVisibleAt()].map((at) => at?.getTime() ?? Infinity);
      const sweepAt = await nextSweep();
      const next = Math.min(events[0]?.at ?? Infinity, sweepAt, ...queued);
      if (next === Infinity || next > until) break;
      clock.set(Math.max(next, clock.now().getTime()));
      if (events[0]?.at === next) await events.shift()?.run();
      else if (sweepAt === next) await sweepOnce();
    }
    if (until !== Infinity) clock.set(until);
  }

  const record = (taskId: string): TaskRecord =>
    taskRecord.parse(JSON.parse(bucket.objects.get(`tasks/${taskId}.json`)?.bytes.toString() ?? 'null'));

  return {
    ...{
      bucket,
      schedule,
      callbacks,
      wakes,
      bus,
      hosts,
      clock,
      lines,
      count,
      calls,
      post,
      announce,
      run,
      record,
      markers,
      sweepOnce,
      runUntilIdle,
    },
    at: (time: number, happens: () => Promise<unknown>) => void events.push({ at: time, run: happens }),
    records: () =>
      bucket.keys().flatMap((key) => {
        const [, taskId] = /^tasks\/(.+)\.json$/.exec(key) ?? [];
        return taskId === undefined ? [] : [record(taskId)];
      }),
    library: () => bucket.keys().filter((key) => key.startsWith('library/')),
  };
}
export type World = ReturnType<typeof createWorld>;
