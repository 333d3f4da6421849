// An EventBridge rule with a rate: invokes a function at regular intervals. Unlike EventBridge, never twice at once.

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ScheduledEvent } from 'aws-lambda';
import { messageIn, type OnLog } from '../log-line.ts';
import { settledWithin } from './function-environment.ts';
import type { LocalFunction } from './local-function.ts';

type Options = {
  /**
   * From the start of one invocation to the start of the next, and before the first one. An invocation may take
   * longer.
   */
  everyMs: number;
  target: LocalFunction;
  onLog: OnLog;
};

export type RegularInvocations = {
  /** Starts no other invocation and waits for a running one, at most this long. */
  close: (patienceMs: number) => Promise<void>;
};

export function invokeRegularly({ everyMs, target, onLog }: Options): RegularInvocations {
  const stopping = new AbortController();
  const { signal } = stopping;

  async function invoke(): Promise<void> {
    try {
      await target.invoke(scheduledEvent(new Date()));
    } catch (error) {
      onLog({ level: 'error', event: 'invocation.failed', detail: messageIn(error) });
    }
  }

  async function repeat(): Promise<void> {
    let running: Promise<void> | undefined;
    for (;;) {
      await Promise.all([sleep(everyMs, undefined, { signal }).catch(() => {}), running]);
      if (signal.aborted) return;
      running = invoke();
    }
  }

  const ended = repeat();
  return {
    async close(patienceMs) {
      stopping.abort();
      await settledWithin(patienceMs, ended);
    },
  };
}

const scheduledEvent = (at: Date): ScheduledEvent => ({
  version: '0',
  id: randomUUID(),
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: '000000000000',
  time: at.toISOString(),
  region: 'us-east-1',
  resources: [],
  detail: {},
});
