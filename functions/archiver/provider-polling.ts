// Whether the provider is to be asked about a task, when, and what follows from its answer. Pure.
import { assetId } from '../domain/asset.ts';
import { limits } from '../domain/limits.ts';
import { joinAssets, mergeCallback } from '../domain/merge.ts';
import { type Asset, type Inquiry, noInquiry, type Stage, type TaskRecord } from '../domain/record.ts';
import { pollDelayMs } from '../domain/schedule.ts';
import { awaitsLastCallback, deadlineOf, deriveStatus } from '../domain/task-state.ts';
import type { ProviderAnswer } from '../ports.ts';
import { allowedSources, isWaitingForLinks } from './allowed-sources.ts';
import { closed } from './attempt-outcome.ts';
import type { Policy } from './policy.ts';

/** When the provider is to be asked next; null: there is nothing to ask it, or nobody to ask. */
export function nextPollAt(record: TaskRecord, policy: Policy): string | null {
  if (!policy.canAsk) return null;
  const [first] = reasonsToAsk(record, policy).sort();
  if (first === undefined) return null;
  const { notBefore } = record.inquiry;
  // Every retry has an end.
  if (notBefore !== null && notBefore >= deadlineOf(record).toISOString()) return null;
  return notBefore !== null && notBefore > first ? notBefore : first;
}

/** The points in time from which on there is a reason. */
function reasonsToAsk(record: TaskRecord, policy: Policy): string[] {
  const { inquiry, firstSeenAt } = record;
  const reasons: string[] = [];
  if (inquiry.wanted && record.status !== 'archived') reasons.push(firstSeenAt);
  if (awaitsLastCallback(record)) reasons.push(later(firstSeenAt, limits.overdueMs));
  if (record.assets.some((asset) => isWaitingForLinks(asset, record, policy))) reasons.push(firstSeenAt);
  const failedAt = record.stages.find(({ stage }) => stage === 'error')?.at;
  if (failedAt !== undefined && maySucceedYet(record)) {
    const secondLook = later(failedAt, limits.overdueMs);
    if ((inquiry.at ?? '') < secondLook) reasons.push(secondLook);
  }
  return reasons;
}

/** The provider was too busy, or failed, or named no file: it may have been done all the same. */
const passingFailures: readonly (number | string)[] = [408, 500, 531, 'no_media'];

function maySucceedYet({ failure }: TaskRecord): boolean {
  if (failure === null) return false;
  return passingFailures.includes(failure.outcome) || (failure.code !== null && passingFailures.includes(failure.code));
}

export type Asked = { answer: ProviderAnswer; at: Date; jitter: number };

export function applyAnswer(record: TaskRecord, asked: Asked, policy: Policy): TaskRecord {
  const { answer, at, jitter } = asked;
  const before = record.inquiry;
  const waitUntil = (delayMs: number) => new Date(at.getTime() + delayMs).toISOString();
  const count = before.asked + 1;
  const answered: Inquiry = {
    ...before,
    asked: count,
    at: at.toISOString(),
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
      const isNews = order.indexOf(callback.stage) > order.indexOf(before.stage ?? 'text');
      const stage = isNews ? callback.stage : before.stage;
      return { ...merged, inquiry: { ...answered, ...(isNews && noNews), unknown: 0, stage } };
    }
    case 'unknown': {
      const unknown = before.unknown + 1;
      const next = { ...record, inquiry: { ...answered, unknown, problem: answer.detail } };
      const isOld = at.getTime() - Date.parse(record.firstSeenAt) >= limits.unknownMs;
      return isOld && unknown >= limits.unknownTimes ? notKnown(next, policy, at) : next;
    }
    case 'refused':
    case 'unavailable': {
      const { outcome, detail } = answer;
      const retryAfterMs = outcome === 'unavailable' ? answer.retryAfterMs : null;
      const notBefore = waitUntil(pollDelayMs(count, jitter, { outcome, retryAfterMs }));
      return { ...record, inquiry: { ...before, asked: count, notBefore, problem: detail } };
    }
  }
}

/** How far a provider can have told. A failure may turn out to have passed. */
const order: readonly Stage[] = ['text', 'first', 'error', 'complete'];

/** The patience begins anew. */
const noNews = { asked: noInquiry.asked } as const;

/** What was only ever announced ends here, and what only a callback told of where that is not to be trusted. */
function notKnown(record: TaskRecord, policy: Policy, at: Date): TaskRecord {
  const why = {
    at,
    code: 'unconfirmed',
    detail: 'the provider does not know this task, and has no link for this file',
  };
  const assets = record.assets.map((asset) => (isWaitingForLinks(asset, record, policy) ? closed(asset, why) : asset));
  if (record.stages.length > 0) return deriveStatus({ ...record, assets });
  const failure = {
    code: null,
    outcome: 'unknown_task',
    msg: `The provider does not know a task with this id. ${record.inquiry.problem ?? ''}`.trim(),
    advice: 'Check the id, the provider and the kind that the task was announced with, and announce it anew.',
  };
  return deriveStatus({ ...record, failure });
}

/** Assets whose links are all dead, and for which the answer had no others. */
export function assetsWithoutLinks(record: TaskRecord): Asset[] {
  return record.assets.filter(({ state, wantsLinks }) => state === 'open' && wantsLinks);
}

/**
 * What follows where the provider was asked for fresh links. `links`: by asset, what there is besides; null: nothing, and
 * where the task is done, the asset is closed. Those that could not be asked for now are asked for later. Assets that
 * nobody may fetch, because the provider does not name them, are closed as well.
 */
export function applyFreshLinks(
  record: TaskRecord,
  links: ReadonlyMap<string, string | null>,
  { policy, at }: { policy: Policy; at: Date },
): TaskRecord {
  const noOther = { at, code: 'no_fresh_link', detail: 'the links are dead, and the provider has no others' };
  const unnamed = { at, code: 'unconfirmed', detail: 'the provider, when it was asked, did not name this file' };
  const isTold = isLastWord(record);
  const assets = record.assets.map((asset) => {
    const url = links.get(assetId(asset));
    const [known] = allowedSources(asset, record, policy);
    if (asset.wantsLinks && url != null && known !== undefined) {
      const joined = joinAssets(asset, { sources: [{ ...known, url, field: 'download_url', confirmed: true }] });
      return joined.wantsLinks ? closed(asset, noOther) : joined;
    }
    if (asset.state === 'open' && asset.wantsLinks) {
      return url === null && !awaitsLastCallback(record) ? closed(asset, noOther) : asset;
    }
    return isTold && isWaitingForLinks(asset, record, policy) ? closed(asset, unnamed) : asset;
  });
  return deriveStatus({ ...record, assets });
}

/** The provider itself told what the task made, or that it made nothing, and will not. */
function isLastWord({ inquiry, stages }: TaskRecord): boolean {
  const isFailure = ({ stage, code }: TaskRecord['stages'][number]) =>
    stage === 'error' && code >= 400 && !passingFailures.includes(code);
  return inquiry.stage === 'complete' || (inquiry.stage === 'error' && stages.some(isFailure));
}

function later(at: string, ms: number): string {
  return new Date(Date.parse(at) + ms).toISOString();
}
