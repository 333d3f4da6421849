// Polls the provider about a task: when, and what follows from its answer. An answer is treated like a callback.

import { limits } from '../domain/limits.ts';
import { joinAssets, mergeCallback } from '../domain/merge.ts';
import { answerKey } from '../domain/object-key.ts';
import { type Asset, type Inquiry, noInquiry, type Stage, type TaskRecord } from '../domain/record.ts';
import { assetId } from '../domain/reopen.ts';
import { pollDelayMs } from '../domain/schedule.ts';
import { awaitsLastCallback, deadlineOf, deriveStatus } from '../domain/task-state.ts';
import type { Bucket, Clock, Log, ProviderAnswer, ProviderApi } from '../ports.ts';
import { type ArchiverPolicy, allowedSources, wantsFreshLink } from './allowed-sources.ts';
import { closed } from './attempt-outcome.ts';
import { planAssets } from './plan.ts';
import type { ArchiverInvocation, UpdateRecord } from './records.ts';

export type PollDeps = {
  provider: ProviderApi;
  bucket: Pick<Bucket, 'write'>;
  clock: Clock;
  log: Log;
  random: () => number;
  policy: ArchiverPolicy;
};

/** When to poll next, a last time at the deadline. Null: there is no reason to, or no API key. */
export function nextPollAt(record: TaskRecord, policy: ArchiverPolicy): string | null {
  if (!policy.canAsk || record.dismissedAt !== null) return null;
  const [first] = reasonsToPoll(record, policy).sort();
  if (first === undefined) return null;
  const { notBefore, askedAt } = record.inquiry;
  const at = notBefore !== null && notBefore > first ? notBefore : first;
  const deadline = deadlineOf(record).toISOString();
  if (at < deadline) return at;
  return (askedAt ?? '') < deadline ? deadline : null;
}

/** For each reason, the time from which on it applies. */
function reasonsToPoll(record: TaskRecord, policy: ArchiverPolicy): string[] {
  const { inquiry, firstSeenAt } = record;
  const reasons: string[] = [];
  if (inquiry.wanted && record.status !== 'archived') reasons.push(firstSeenAt);
  if (awaitsLastCallback(record)) reasons.push(later(firstSeenAt, limits.overdueMs));
  if (record.assets.some((asset) => wantsFreshLink(asset, record, policy))) reasons.push(firstSeenAt);
  // Asked once: a stem without a link may have been late.
  if (record.absent.length > 0 && inquiry.at === null) reasons.push(firstSeenAt);
  const failedAt = record.stages.find(({ stage }) => stage === 'error')?.at;
  if (failedAt !== undefined && maySucceedYet(record)) {
    const secondLook = later(failedAt, limits.overdueMs);
    if ((inquiry.at ?? '') < secondLook) reasons.push(secondLook);
  }
  return reasons;
}

/** The provider was too busy, or failed, or named no file: the task may have succeeded nevertheless. */
const temporaryFailures: readonly (number | string)[] = [408, 500, 531, 'no_media'];

function maySucceedYet({ failure }: TaskRecord): boolean {
  if (failure === null) return false;
  return (
    temporaryFailures.includes(failure.outcome) || (failure.code !== null && temporaryFailures.includes(failure.code))
  );
}

export async function pollProvider(
  record: TaskRecord,
  { stopping: signal }: Pick<ArchiverInvocation, 'stopping'>,
  { provider, bucket, clock, log, random, policy, update }: PollDeps & { update: UpdateRecord },
): Promise<TaskRecord> {
  const { taskId, kind } = record;
  const answer = await provider.ask({ provider: record.provider, kind, taskId }, { signal });
  const poll: Poll = { answer, at: clock.now(), jitter: random() };
  const detail = 'detail' in answer ? answer.detail : undefined;
  const stage = answer.outcome === 'answered' ? answer.callback.stage : undefined;
  const isTrouble = answer.outcome === 'refused' || answer.outcome === 'unavailable';
  const refusal = 'refusal' in answer ? answer.refusal : undefined;
  log(isTrouble ? 'warn' : 'info', 'provider.asked', { taskId, kind, outcome: answer.outcome, refusal, stage, detail });

  // The invocation ended before an answer arrived: nothing is known.
  if (signal.aborted && answer.outcome !== 'answered') return record;

  const expected = applyAnswer(record, poll, policy);
  const isNews = expected.inquiry.stage !== record.inquiry.stage;
  if (answer.outcome === 'answered' && isNews) {
    const key = answerKey(taskId, answer.callback.stage, answer.said);
    await bucket.write(key, answer.said, { contentType: 'application/json' }, 'absent');
  }
  const links = answer.outcome === 'answered' ? await requestFreshLinks(expected) : null;
  return await update((found) => {
    const after = applyAnswer(found ?? record, poll, policy);
    return planAssets(links === null ? after : closeUnnamed(applyFreshLinks(after, links, policy), policy, poll.at));
  });

  /** For the assets for which the answer had no new link. */
  async function requestFreshLinks(after: TaskRecord): Promise<Map<string, string | null>> {
    const links = new Map<string, string | null>();
    for (const asset of after.assets.filter(({ state, wantsLinks }) => state === 'open' && wantsLinks)) {
      // Only by an allowed link: the fresh one counts as confirmed.
      const [source] = allowedSources(asset, after, policy);
      const link = source === undefined ? null : await provider.freshLink(source.url, { signal });
      if (link !== 'unavailable') links.set(assetId(asset), link);
    }
    return links;
  }
}

/** The provider's answer, when it arrived, and a random number from 0 to 1. */
type Poll = { answer: ProviderAnswer; at: Date; jitter: number };

function applyAnswer(record: TaskRecord, { answer, at, jitter }: Poll, policy: ArchiverPolicy): TaskRecord {
  const before = record.inquiry;
  const waitUntil = (delayMs: number) => new Date(at.getTime() + delayMs).toISOString();
  const count = before.asked + 1;
  const answered: Inquiry = {
    ...before,
    asked: count,
    at: at.toISOString(),
    askedAt: at.toISOString(),
    notBefore: waitUntil(pollDelayMs(count, jitter)),
    problem: null,
    wanted: false,
  };
  switch (answer.outcome) {
    case 'answered': {
      const { callback } = answer;
      const isEmpty = callback.stage === 'text' && callback.tracks.length + callback.assets.length === 0;
      const observation = { callback, receivedAt: at.toISOString(), labels: {}, confirmed: true };
      const merged = isEmpty ? record : mergeCallback(record, observation);
      const isNews = progression.indexOf(callback.stage) > progression.indexOf(before.stage ?? 'text');
      const stage = isNews ? callback.stage : before.stage;
      return { ...merged, inquiry: { ...answered, ...(isNews && resetBackoff), unknown: 0, stage } };
    }
    case 'unknown': {
      const unknown = before.unknown + 1;
      const next = { ...record, inquiry: { ...answered, unknown, problem: answer.detail } };
      const isOld = at.getTime() - Date.parse(record.firstSeenAt) >= limits.unknownMs;
      return isOld && unknown >= limits.unknownTimes ? closeUnknown(next, policy, at) : next;
    }
    case 'refused':
    case 'unavailable': {
      const { outcome, detail } = answer;
      const retryAfterMs = outcome === 'unavailable' ? answer.retryAfterMs : null;
      const notBefore = waitUntil(pollDelayMs(count, jitter, { outcome, retryAfterMs }));
      return { ...record, inquiry: { ...before, asked: count, askedAt: at.toISOString(), notBefore, problem: detail } };
    }
  }
}

/** The order of stages in a provider's answers. A failure may turn out to have been temporary. */
const progression: readonly Stage[] = ['text', 'first', 'error', 'complete'];

const resetBackoff = { asked: noInquiry.asked } as const;

/** Closes a task that was only announced. Of other tasks, closes files that may only be fetched once confirmed. */
function closeUnknown(record: TaskRecord, policy: ArchiverPolicy, at: Date): TaskRecord {
  if (record.stages.length > 0) return closeUnconfirmed(record, policy, at);
  const failure = {
    code: null,
    outcome: 'unknown_task',
    msg: `The provider does not know a task with this id. ${record.inquiry.problem ?? ''}`.trim(),
    advice: 'Check the id, the provider and the kind with which the task was announced, and announce it again.',
  };
  return deriveStatus({ ...record, failure });
}

/** After the provider's final answer, closes files that it did not name and that may only be fetched once confirmed. */
function closeUnnamed(record: TaskRecord, policy: ArchiverPolicy, at: Date): TaskRecord {
  return hasFinalAnswer(record) ? closeUnconfirmed(record, policy, at) : record;
}

function closeUnconfirmed(record: TaskRecord, policy: ArchiverPolicy, at: Date): TaskRecord {
  const why = { at, code: 'unconfirmed', detail: 'the provider, when polled, did not name this file' };
  const isUnconfirmed = (asset: Asset) =>
    asset.state === 'open' && asset.sources.length > 0 && allowedSources(asset, record, policy).length === 0;
  return deriveStatus({
    ...record,
    assets: record.assets.map((asset) => (isUnconfirmed(asset) ? closed(asset, why) : asset)),
  });
}

/** The provider itself answered with the task's result, or that it failed for good. */
function hasFinalAnswer({ inquiry, stages }: TaskRecord): boolean {
  const isFailure = ({ stage, code }: TaskRecord['stages'][number]) =>
    stage === 'error' && code >= 400 && !temporaryFailures.includes(code);
  return inquiry.stage === 'complete' || (inquiry.stage === 'error' && stages.some(isFailure));
}

/** The field of links that the provider makes on request, each for 20 minutes: the newest replaces earlier ones. */
const freshField = 'download_url';

/** Adds the fresh links, by asset. Null: the provider has none. */
function applyFreshLinks(
  record: TaskRecord,
  links: ReadonlyMap<string, string | null>,
  policy: ArchiverPolicy,
): TaskRecord {
  const assets = record.assets.map((asset) => {
    const url = links.get(assetId(asset));
    const [known] = allowedSources(asset, record, policy);
    if (asset.state !== 'open' || url == null || known === undefined) return asset;
    const others = asset.sources.filter(({ field, url: earlier }) => field !== freshField || earlier === url);
    return joinAssets(
      { ...asset, sources: others },
      {
        sources: [{ ...known, url, field: freshField, confirmed: true }],
        reason: null,
      },
    );
  });
  return deriveStatus({ ...record, assets });
}

function later(at: string, ms: number): string {
  return new Date(Date.parse(at) + ms).toISOString();
}
