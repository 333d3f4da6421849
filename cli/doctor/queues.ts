import { markerOf, scheduleFolder } from '../../functions/domain/schedule.ts';
import { queueLimits } from '../../infra/shared-settings.ts';
import type { DoctorCheck, StackCheck } from './check.ts';
import { failed, findingOf, notChecked, proved } from './finding.ts';
import type { QueueState } from './target.ts';

export const proveQueues: DoctorCheck['prove'] = async ({ deployment }) => {
  const [queue, wakeQueue, deadLetters] = await Promise.all([
    deployment.queue('queue'),
    deployment.queue('wakeQueue'),
    deployment.queue('deadLetterQueue'),
  ]);
  const problems = [
    ...[keepingFaults(queue), sendingOnFaults(queue, deadLetters)].flat().map((fault) => `The queue ${fault}.`),
    ...[keepingFaults(wakeQueue), sendingOnFaults(wakeQueue, deadLetters)]
      .flat()
      .map((fault) => `The wake queue ${fault}.`),
    ...keepingFaults(deadLetters).map((fault) => `The dead-letter queue ${fault}.`),
  ];
  return findingOf(
    problems,
    `Their settings are right; ${queue.waiting} callbacks and ${wakeQueue.waiting} wakes are waiting.`,
    'They were changed: `npx cdk deploy`, or a restart of the local deployment, restores them.',
  );
};

const { visibilitySeconds, retentionSeconds, maxReceiveCount } = queueLimits;

function keepingFaults({ retentionSeconds: kept, isEncrypted }: QueueState): string[] {
  const isShort = kept < retentionSeconds;
  return [
    ...(isShort
      ? [
          `keeps messages ${kept} s instead of ${retentionSeconds}: waiting callbacks are lost before their links expire`,
        ]
      : []),
    ...(isEncrypted === false ? ['is not encrypted'] : []),
  ];
}

function sendingOnFaults({ visibilitySeconds: hidden, redrive }: QueueState, deadLetters: QueueState): string[] {
  // Six times the archiver's timeout, as Lambda requires.
  const isShort = hidden < visibilitySeconds;
  const isOther = redrive?.targetArn !== deadLetters.arn || redrive.maxReceiveCount !== maxReceiveCount;
  return [
    ...(isShort
      ? [`hides messages in progress for ${hidden} s instead of ${visibilitySeconds}: they would be processed twice`]
      : []),
    ...(isOther ? [`does not set aside into the dead-letter queue what failed ${maxReceiveCount} times`] : []),
  ];
}

export const proveNoDeadLetters: DoctorCheck['prove'] = async ({ deployment }) => {
  const { waiting } = await deployment.queue('deadLetterQueue');
  if (waiting === 0) return proved('It is empty: no message has failed for good.');
  return failed(
    `Messages that were set aside, having failed ${maxReceiveCount} times: about ${waiting}.`,
    'The archiver’s log says why. Fix the cause, then run `npx trackkeeper redrive`.',
  );
};

/** Lambda receives messages within a second; if the function is throttled they stay longer. */
const acceptableSeconds = 15 * 60;

export const proveNoBacklog: StackCheck['prove'] = async (stack, { deployment }) => {
  const { arn } = await deployment.queue('queue');
  const oldest = await stack.oldestSeconds(arn);
  if (oldest === null) return proved('No callback has been waiting in the queue.');
  if (oldest <= acceptableSeconds) return proved(`The oldest callback in the queue was ${Math.round(oldest)} s old.`);
  return failed(
    `The oldest callback in the queue is ${Math.round(oldest / 60)} min old, and links may live for hours only.`,
    'Is the archiver throttled, or does it fail? See its log; `archiverConcurrency` lets more of them work at once.',
  );
};

/** The sweeper looks every minute, and may come a little late. */
const overdueMs = 3 * 60_000;

/** More are not counted: it is bad enough. */
const countedAtMost = 1_000;

const advice =
  'The sweeper does not run, or fails: see its log, and its rule in EventBridge. A local deployment sweeps once a minute while it runs.';

export const proveSchedule: DoctorCheck['prove'] = async ({ deployment, now }) => {
  let overdue = 0;
  // Markers sort by their time: those that are overdue come first.
  for await (const key of deployment.bucket.list(scheduleFolder)) {
    const marker = markerOf(key);
    if (marker === undefined) continue;
    if (Date.parse(marker.dueAt) > now().getTime() - overdueMs || overdue === countedAtMost) break;
    overdue += 1;
  }
  if (overdue === 0) return proved('No task waits longer than it should.');
  const count = overdue === countedAtMost ? `${countedAtMost} or more` : overdue;
  return failed(`Tasks due for more than 3 min that were not woken: ${count}.`, advice);
};

const lookedBackMinutes = 15;

/** CloudWatch has its figures some minutes later. */
const newMs = 5 * 60_000;

export const proveSweeper: StackCheck['prove'] = async (stack, { now }) => {
  const { times, deployedAt } = await stack.sweeps(lookedBackMinutes);
  if (times > 0) return proved(`It was started ${times} times in the last ${lookedBackMinutes} min.`);
  if (now().getTime() - deployedAt.getTime() < newMs) {
    return notChecked('It was deployed just now, and CloudWatch has no data yet: run the doctor again in 5 min.');
  }
  return failed(
    `It was not started in the last ${lookedBackMinutes} min.`,
    'Look at its rule in EventBridge: is it enabled?',
  );
};
