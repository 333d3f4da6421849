// The links that an asset may be fetched from, and in which order. Pure.
import type { Asset, AssetSource, TaskRecord } from '../domain/record.ts';

/** The owner's settings. */
export type ArchiverPolicy = {
  /** There is an API key, so the provider can be polled. */
  canAsk: boolean;
  /** Follow only links that the provider itself confirmed. */
  confirm: boolean;
};

/**
 * In the order in which to try them. With `confirm`, only confirmed ones, unless the provider could not be polled in
 * time.
 */
export function allowedSources(asset: Asset, record: TaskRecord, { confirm }: ArchiverPolicy): AssetSource[] {
  const allowed = confirm && record.unconfirmed === null ? confirmedSources(asset, record) : asset.sources;
  return resumableFirst(asset, allowed);
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

/** Open, but without a link that may be followed. */
export function isWaitingForLinks(asset: Asset, record: TaskRecord, policy: ArchiverPolicy): boolean {
  const { state, kind, wantsLinks } = asset;
  if (state !== 'open' || kind === 'lyrics') return false;
  return wantsLinks || allowedSources(asset, record, policy).length === 0;
}

export function isFetchable(asset: Asset, record: TaskRecord, policy: ArchiverPolicy): boolean {
  return asset.state === 'open' && !isWaitingForLinks(asset, record, policy);
}

/** SQS counts in whole seconds, and clocks differ: treat as due what is due this soon. */
const dueSlackMs = 5_000;

/** Null: due at once. */
export function isDue(at: string | null, now: Date): boolean {
  return at === null || Date.parse(at) <= now.getTime() + dueSlackMs;
}
