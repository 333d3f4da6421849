// The sources that an asset may be fetched from now, and when it is due. Pure.
import { limits } from '../domain/limits.ts';
import type { Asset, AssetSource, TaskRecord } from '../domain/record.ts';
import { deadlineOf } from '../domain/task-state.ts';

/** The owner's settings. */
export type ArchiverPolicy = {
  /** There is an API key, so the provider can be polled. */
  canAsk: boolean;
  /** Follow only links that the provider itself confirmed. */
  confirm: boolean;
  /** The host of derived links; see `lastResortOf`. */
  lastResortUrl: string;
};

/**
 * In the order in which to try them: the latest stage's links, then, once these have failed for a while or the deadline
 * is reached, links of earlier stages and the derived one.
 */
export function sourcesToTry(asset: Asset, record: TaskRecord, policy: ArchiverPolicy, now: Date): AssetSource[] {
  const allowed = allowedSources(asset, record, policy);
  const others = othersFrom(asset, record);
  if (others !== null && others <= now.toISOString()) {
    return resumableFirst(asset, [...allowed, ...lastResortOf(asset, record, policy)]);
  }
  const latest = allowed.filter(({ stage }) => stage === allowed[0]?.stage);
  return resumableFirst(asset, latest);
}

/** With `confirm`, only confirmed links, unless the provider could not be polled in time. */
export function allowedSources(asset: Asset, record: TaskRecord, { confirm }: ArchiverPolicy): AssetSource[] {
  return confirm && record.unconfirmed === null ? confirmedSources(asset, record) : asset.sources;
}

/**
 * None if a callback named a later stage than the provider has confirmed: an earlier stage's file must not replace the
 * final one.
 */
function confirmedSources({ sources }: Asset, { inquiry }: TaskRecord): AssetSource[] {
  const confirmed = sources.filter((source) => source.confirmed);
  const isLatest = confirmed[0]?.stage === sources[0]?.stage;
  const isFinal = inquiry.stage === 'complete' || inquiry.stage === 'error';
  return isLatest || isFinal ? confirmed : [];
}

/** Untried links first, then the one whose transfer can be resumed, then those that failed before. */
function resumableFirst({ progress, attempts }: Asset, sources: readonly AssetSource[]): AssetSource[] {
  const at = sources.findIndex(({ url }) => url === progress?.source);
  if (at < 1) return [...sources];
  const hasFailed = ({ url }: AssetSource) => attempts.some(({ source }) => source === url);
  const before = sources.slice(0, at);
  const untried = before.filter((source) => !hasFailed(source));
  return [...untried, ...sources.slice(at, at + 1), ...before.filter(hasFailed), ...sources.slice(at + 1)];
}

/** From when on earlier links and the derived one are tried. Null: the latest links have not failed yet. */
function othersFrom(asset: Asset, record: TaskRecord): string | null {
  const deadline = deadlineOf(record).toISOString();
  // The provider says that there is no file: only a derived link can help.
  if (asset.reason !== null && asset.sources.length === 0) return record.firstSeenAt;
  const since = asset.failingSince ?? (asset.sources.length === 0 ? promisedAt(record) : null);
  if (since === null) return deadline;
  const later = new Date(Date.parse(since) + limits.otherSourcesMs).toISOString();
  return later < deadline ? later : deadline;
}

/** When the final callback named the tracks of a task. */
function promisedAt({ stages }: TaskRecord): string | null {
  return stages.find(({ stage }) => stage === 'complete')?.at ?? null;
}

/** Suno's ids are UUIDs; other ids have no file at its host. */
const sunoTrackId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Suno itself serves the MP3 of a track at an address that follows from its id: alive for 114 of 114 songs whose links
 * had died (measured 2026-11). The bytes are checked like those of any other source.
 */
function lastResortOf({ kind, trackId }: Asset, record: TaskRecord, policy: ArchiverPolicy): AssetSource[] {
  const isAllowed = !policy.confirm || record.unconfirmed !== null;
  if (kind !== 'audio' || trackId === null || !sunoTrackId.test(trackId) || !isAllowed) return [];
  const url = `${policy.lastResortUrl}/${trackId}.mp3`;
  return [{ url, field: 'last_resort', stage: 'complete', confirmed: false }];
}

/** An open asset for which a fresh link would help. */
export function wantsFreshLink(asset: Asset, record: TaskRecord, policy: ArchiverPolicy): boolean {
  const { state, kind, wantsLinks, reason } = asset;
  if (state !== 'open' || kind === 'lyrics') return false;
  const lacksLinks = allowedSources(asset, record, policy).length === 0;
  return wantsLinks || (lacksLinks && reason === null);
}

/** A stored file that is suspect is fetched again. */
export function isRechecked({ state, suspect, nextDueAt }: Asset): boolean {
  return state === 'stored' && suspect !== null && nextDueAt !== null;
}

/** When the asset is fetched next; null: not without a further link. */
export function nextFetchAt(asset: Asset, record: TaskRecord, policy: ArchiverPolicy, now: Date): string | null {
  if (record.dismissedAt !== null) return null;
  if (isRechecked(asset)) return asset.nextDueAt;
  if (asset.state !== 'open') return null;
  if (asset.kind === 'lyrics' || sourcesToTry(asset, record, policy, now).length > 0) {
    return asset.nextDueAt ?? now.toISOString();
  }
  const canLater = [...allowedSources(asset, record, policy), ...lastResortOf(asset, record, policy)].length > 0;
  return canLater ? othersFrom(asset, record) : null;
}

/** SQS counts in whole seconds, and clocks differ: treat as due what is due this soon. */
const dueSlackMs = 5_000;

export function isDue(at: string, now: Date): boolean {
  return Date.parse(at) <= now.getTime() + dueSlackMs;
}
