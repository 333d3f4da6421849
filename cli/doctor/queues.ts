import { queueLimits } from '../../infra/shared-settings.ts';
import type { Check, StackCheck } from './check.ts';
import { failed, proved, verdict } from './finding.ts';
import type { QueueState } from './target.ts';

const { visibilitySeconds, retentionSeconds, maxReceiveCount } = queueLimits;

export const proveQueues: Check['prove'] = async ({ patient }) => {
  const [queue, wakeQueue, deadLetters] = await Promise.all([
    patient.queue('queue'),
    patient.queue('wakeQueue'),
    patient.queue('deadLetterQueue'),
  ]);
  const problems = [
    ...[keepingFaults(queue), sendingOnFaults(queue, deadLetters)].flat().map((fault) => `The queue ${fault}.`),
    ...[keepingFaults(wakeQueue), sendingOnFaults(wakeQueue, deadLetters)]
      .flat()
      .map((fault) => `The wake queue ${fault}.`),
    ...keepingFaults(deadLetters).map((fault) => `The dead-letter queue ${fault}.`),
  ];
  return verdict(
    problems,
    `Their settings are right; ${queue.waiting} callbacks and ${wakeQueue.waiting} wakes are waiting.`,
    'Somebody changed them: `npx cdk deploy`, or a new start of the local deployment, says what they should be.',
  );
};

function keepingFaults({ retentionSeconds: kept, isEncrypted }: QueueState): string[] {
  const isShort = kept < retentionSeconds;
  return [
    ...(isShort
      ? [`keeps messages ${kept} s instead of ${retentionSeconds}: what waits is lost before its links die`]
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
      ? [`hides what is worked on ${hidden} s instead of ${visibilitySeconds}: it would be worked on twice`]
      : []),
    ...(isOther ? [`does not set aside into the dead-letter queue what failed ${maxReceiveCount} times`] : []),
  ];
}

export const proveNoDeadLetters: Check['prove'] = async ({ patient }) => {
  const { waiting } = await patient.queue('deadLetterQueue');
  if (waiting === 0) return proved('It is empty: nothing was given up.');
  return failed(
    `Messages that were set aside, having failed ${maxReceiveCount} times: about ${waiting}.`,
    'The archiver’s log says why. Mend it, then `npx trackkeeper redrive` brings them back.',
  );
};

/** Lambda receives messages within a second; if the function is throttled they stay longer. */
const patientSeconds = 15 * 60;

export const proveNoBacklog: StackCheck['prove'] = async (stack, { patient }) => {
  const { arn } = await patient.queue('queue');
  const oldest = await stack.oldestSeconds(arn);
  if (oldest === null) return proved('No callback has been waiting in the queue.');
  if (oldest <= patientSeconds) return proved(`The oldest callback in the queue was ${Math.round(oldest)} s old.`);
  return failed(
    `The oldest callback in the queue is ${Math.round(oldest / 60)} min old, and links may live for hours only.`,
    'Is the archiver throttled, or does it fail? See its log; `archiverConcurrency` lets more of them work at once.',
  );
};
