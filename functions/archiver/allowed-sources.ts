// What of a task is open, and what may be fetched of it now. Pure.
import type { Asset, Source, TaskRecord } from '../domain/record.ts';
import type { Policy } from './policy.ts';

/** SQS counts in whole seconds, and clocks differ: what is nearly due is due. */
const dueSlackMs = 5_000;

/** Whether a point in time has come; null: it has. */
export function isDue(at: string | null, now: Date): boolean {
  return at === null || Date.parse(at) <= now.getTime() + dueSlackMs;
}

/** The links that may be followed, in the order in which to try them: in doubt, only those that the provider itself named. */
export function allowedSources(asset: Asset, record: TaskRecord, { confirm }: Policy): Source[] {
  const usable = confirm && record.unconfirmed === null ? confirmedSources(asset, record) : asset.sources;
  return resumableFirst(asset, usable);
}

/** None where a callback told of a later stage than the provider did: an earlier stage's file must not take its place. */
function confirmedSources({ sources }: Asset, { inquiry }: TaskRecord): Source[] {
  const confirmed = sources.filter((source) => source.confirmed);
  const isLatest = confirmed[0]?.stage === sources[0]?.stage;
  const isLastWord = inquiry.stage === 'complete' || inquiry.stage === 'error';
  return isLatest || isLastWord ? confirmed : [];
}

/** A file that is on its way is gone on with, before links that were tried in vain are tried again. New ones come first. */
function resumableFirst({ progress, attempts }: Asset, sources: readonly Source[]): Source[] {
  const at = sources.findIndex(({ url }) => url === progress?.source);
  if (at < 1) return [...sources];
  const isInVain = ({ url }: Source) => attempts.some(({ source }) => source === url);
  const before = sources.slice(0, at);
  const untried = before.filter((source) => !isInVain(source));
  return [...untried, ...sources.slice(at, at + 1), ...before.filter(isInVain), ...sources.slice(at + 1)];
}

/** Open, and nobody has named a link that may be followed. */
export function isWaitingForLinks(asset: Asset, record: TaskRecord, policy: Policy): boolean {
  const { state, kind, wantsLinks } = asset;
  if (state !== 'open' || kind === 'lyrics') return false;
  return wantsLinks || allowedSources(asset, record, policy).length === 0;
}

export function isFetchable(asset: Asset, record: TaskRecord, policy: Policy): boolean {
  return asset.state === 'open' && !isWaitingForLinks(asset, record, policy);
}
