// What is over when a task's time is up, or nearly. Pure.
import { limits } from '../domain/limits.ts';
import type { Failure, TaskRecord } from '../domain/record.ts';
import { awaitsLastCallback, deadlineOf, deriveStatus } from '../domain/task-state.ts';
import { isWaitingForLinks } from './allowed-sources.ts';
import { closed } from './attempt-outcome.ts';
import type { Policy } from './policy.ts';

const noLinks = { code: 'no_fresh_link', detail: 'the links are dead, and the provider named no others in time' };

/** Closes, with a reason, what nobody can say anything new about before the links are dead. */
export function closeOverdue(record: TaskRecord, policy: Policy, now: Date): TaskRecord {
  const leftMs = deadlineOf(record).getTime() - now.getTime();
  const trusting = leftMs <= limits.riskMs[0] ? trusted(record, policy) : record;
  if (leftMs > 0) return trusting;
  const assets = trusting.assets.map((asset) =>
    isWaitingForLinks(asset, trusting, policy) ? closed(asset, { at: now, ...noLinks }) : asset,
  );
  return deriveStatus({
    ...trusting,
    assets,
    failure: awaitsLastCallback(trusting) ? missing(trusting) : trusting.failure,
  });
}

/** Links that nobody could confirm are better than none while they live. */
function trusted(record: TaskRecord, policy: Policy): TaskRecord {
  const { assets, inquiry } = record;
  const isUnheard = assets.some((asset) => !asset.wantsLinks && isWaitingForLinks(asset, record, policy));
  if (!isUnheard) return record;
  return {
    ...record,
    unconfirmed: `the provider did not confirm in time: ${inquiry.problem ?? 'it told of no result'}`,
  };
}

function missing({ stages, inquiry }: TaskRecord): Failure {
  const heard =
    stages.length === 0 ? 'No callback ever came' : `Only ${stages.map(({ stage }) => stage).join(', ')} came`;
  const asked = inquiry.at === null ? 'and the provider was not asked' : 'and the provider told of no result';
  return {
    code: null,
    outcome: 'missing',
    msg: [`${heard}, ${asked}.`, inquiry.problem].filter(Boolean).join(' '),
    advice:
      'Look the task up at the provider. If it was done, its audio can be made anew there: `trackkeeper recover`.',
  };
}
