// Merges callbacks and announcements into the record. Commutative and idempotent: in any order, with any repeats, the
// result is the same record.

import type { CallbackAsset, ParsedCallback } from './callback/family.ts';
import { limits } from './limits.ts';
import { linkExpiry } from './link-expiry.ts';
import type { ExpectedMessage } from './message.ts';
import {
  type Asset,
  type AssetSource,
  type Failure,
  noInquiry,
  type Provider,
  type Stage,
  type TaskKind,
  type TaskRecord,
  type Track,
} from './record.ts';
import { assetId, openAsset } from './reopen.ts';
import { deriveStatus } from './task-state.ts';
import { stages } from './vocabulary.ts';

export type Observation = {
  callback: ParsedCallback;
  receivedAt: string;
  labels: Readonly<Record<string, string>>;
  /** It is the provider's answer to a poll. */
  confirmed?: boolean;
};

export function mergeCallback(record: TaskRecord | undefined, observation: Observation): TaskRecord {
  // What does not fit is left out from the end.
  for (let most: number = limits.assetsPerTask; ; most = Math.floor(most / 2)) {
    const merged = mergeAtMost(record, observation, most);
    const bytes = Buffer.byteLength(JSON.stringify(merged));
    if (bytes <= limits.recordBytes || most === 0) return merged;
  }
}

/** Audio, cover and lyrics. */
const filesPerTrack = 3;

/** Takes at most this many new tracks and this many new files; known ones are always merged. */
function mergeAtMost(record: TaskRecord | undefined, observation: Observation, most: number): TaskRecord {
  const { callback, receivedAt, confirmed = false } = observation;
  const { stage, code } = callback;
  const before = mergeCommon(record, callback, observation);
  const tracks = callback.tracks.map((track) => ({ ...track, stage, seenAt: receivedAt }));
  const assets = callback.assets.map((seen) => assetOf({ seen, stage, confirmed }));
  const takenTracks = takeNew(before.tracks, tracks, ({ trackId }) => trackId, most / filesPerTrack);
  const takenAssets = takeNew(before.assets, assets, assetId, most);
  const isAll = takenTracks.length === tracks.length && takenAssets.length === assets.length;
  return deriveStatus({
    ...before,
    stages: mergeStages(before.stages, { stage, code, at: receivedAt }),
    failure: mergeFailures(before.failure, callback.failure),
    tracks: mergeBy(before.tracks, takenTracks, (track) => track.trackId, betterTrack),
    assets: mergeBy(before.assets, takenAssets, assetId, joinAssets),
    absent: absentOf(before, callback),
    omitted: isAll ? before.omitted : omission,
  });
}

const omission =
  `A task keeps at most ${limits.assetsPerTask} files and a record of ${limits.recordBytes / 1024 ** 2} MiB. ` +
  'The rest of what the callbacks name is only in the kept callbacks.';

/** The items that are known, and new ones in order as long as there is room. */
function takeNew<T>(known: readonly T[], seen: readonly T[], id: (item: T) => string, most: number): T[] {
  const ids = new Set(known.map(id));
  let room = most - ids.size;
  return seen.filter((item) => {
    if (ids.has(id(item))) return true;
    if (room < 1) return false;
    ids.add(id(item));
    room--;
    return true;
  });
}

/** Stems without a link, as long as no callback has one. */
function absentOf({ absent, assets }: TaskRecord, callback: ParsedCallback): string[] {
  const linked = new Set([...assets, ...callback.assets].map(({ name }) => name));
  const named = new Set([...absent, ...(callback.absent ?? [])]);
  return [...named].filter((name) => !linked.has(name)).sort();
}

/** An announcement gives only the task's id, provider and kind. */
export function mergeExpected(
  record: TaskRecord | undefined,
  task: Pick<ParsedCallback, 'taskId' | 'provider' | 'kind'>,
  message: Pick<ExpectedMessage, 'receivedAt' | 'labels'>,
): TaskRecord {
  // The provider did not know the task as announced before: a new announcement replaces the old one.
  const replaces = record?.failure?.outcome === 'unknown_task';
  return deriveStatus(mergeCommon(replaces ? undefined : record, task, message));
}

/** The fields that callbacks and announcements have in common. */
function mergeCommon(
  record: TaskRecord | undefined,
  { taskId, provider, kind }: Pick<ParsedCallback, 'taskId' | 'provider' | 'kind'>,
  { receivedAt, labels }: Pick<Observation, 'receivedAt' | 'labels'>,
): TaskRecord {
  const before = record ?? newRecord(taskId, receivedAt);
  return {
    ...before,
    provider: moreSpecific(before.provider, provider),
    kind: moreSpecific(before.kind, kind),
    firstSeenAt: earlier(before.firstSeenAt, receivedAt),
    labels: mergeLabels(before.labels, labels),
  };
}

function newRecord(taskId: string, at: string): TaskRecord {
  return {
    schemaVersion: 1,
    provider: 'unknown',
    taskId,
    kind: 'unknown',
    status: 'waiting',
    firstSeenAt: at,
    folder: null,
    labels: {},
    stages: [],
    failure: null,
    tracks: [],
    assets: [],
    omitted: null,
    absent: [],
    missing: [],
    dismissedAt: null,
    extendedTo: null,
    dueAt: null,
    inquiry: noInquiry,
    unconfirmed: null,
    announced: [],
    claim: null,
  };
}

const rank = (stage: Stage) => stages.indexOf(stage);
const earlier = (a: string, b: string) => (a < b ? a : b);
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/**
 * A failed callback often does not name its kind, and 'music' is then a guess: any other known value is more specific.
 */
function moreSpecific<Word extends Provider | TaskKind>(a: Word, b: Word): Word {
  const weight = (word: Word) => (word === 'unknown' ? 0 : word === 'music' ? 1 : 2);
  const order = weight(a) - weight(b) || compare(a, b);
  return order >= 0 ? a : b;
}

function mergeLabels(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): Record<string, string> {
  const entries = [...Object.entries(a), ...Object.entries(b)].sort((x, y) => compare(x.join('\0'), y.join('\0')));
  return Object.fromEntries(entries);
}

function mergeStages(seen: TaskRecord['stages'], one: TaskRecord['stages'][number]): TaskRecord['stages'] {
  const merged = mergeBy(
    seen,
    [one],
    ({ stage, code }) => `${rank(stage)}-${code}`,
    (a, b) => (a.at <= b.at ? a : b),
  );
  return merged.sort((a, b) => rank(a.stage) - rank(b.stage) || a.code - b.code);
}

/** A failure that we derived (`code` null) ends as soon as the provider says anything. */
function mergeFailures(a: Failure | null, b: Failure | null): Failure | null {
  const said = [a, b].filter((failure) => failure !== null && failure.code !== null);
  return said.sort((x, y) => compare(JSON.stringify(y), JSON.stringify(x)))[0] ?? null;
}

/**
 * The later stage, then the one with more fields, then the earlier one; the last comparison makes the choice
 * deterministic.
 */
function betterTrack(a: Track, b: Track): Track {
  const filled = (track: Track) => Object.values(track).filter((value) => value !== null).length;
  const order =
    rank(a.stage) - rank(b.stage) ||
    filled(a) - filled(b) ||
    compare(b.seenAt, a.seenAt) ||
    compare(JSON.stringify(a), JSON.stringify(b));
  return order >= 0 ? a : b;
}

type Sighting = { seen: CallbackAsset; stage: Stage; confirmed: boolean };

function assetOf({ seen, stage, confirmed }: Sighting): Asset {
  const sources = mergeSources(
    [],
    seen.urls.map(({ field, url }) => ({ url, field, stage, confirmed })),
  );
  const { kind, trackId, name, reason = null } = seen;
  return { ...openAsset({ kind, trackId, name, sources }), reason: sources.length > 0 ? null : reason };
}

/**
 * The known asset with the sources of both. A new link, or one that a later stage repeats, reopens the asset and is
 * tried at once.
 */
export function joinAssets(given: Asset, seen: Pick<Asset, 'sources' | 'reason'>): Asset {
  const known = { ...given, reason: seen.sources.length > 0 ? null : (given.reason ?? seen.reason) };
  const sources = mergeSources(known.sources, seen.sources);
  const isKnown = ({ url, stage }: AssetSource) =>
    known.sources.some((source) => source.url === url && rank(source.stage) >= rank(stage));
  const gained = !sources.every(isKnown);
  if (!gained || known.state === 'stored') return { ...known, sources };
  return { ...known, sources, state: 'open', nextDueAt: null, wantsLinks: false, rounds: 0 };
}

/**
 * In the order in which to try them: the latest stage's links first, and the original (`source_…`) after the provider's
 * own.
 */
function mergeSources(a: readonly AssetSource[], b: readonly AssetSource[]): AssetSource[] {
  const later = (x: AssetSource, y: AssetSource) => ({
    ...(sourceRank(x) <= sourceRank(y) ? x : y),
    url: lastsLonger(x.url, y.url) ? x.url : y.url,
    confirmed: x.confirmed || y.confirmed,
  });
  const merged = mergeBy(a, b, sourceId, later);
  return merged.sort((x, y) => compare(sourceRank(x), sourceRank(y))).slice(0, limits.sourcesKept);
}

/** A signed link to the same file that a later callback or poll has renewed is one source: the newest link counts. */
function sourceId({ url, field }: AssetSource): string {
  const [address = url] = linkExpiry(url) === null ? [] : url.split('?', 1);
  return address === url ? url : `${address} ${field}`;
}

function lastsLonger(one: string, other: string): boolean {
  const [first, second] = [one, other].map((url) => linkExpiry(url)?.getTime() ?? 0);
  return first === second ? one >= other : (first ?? 0) > (second ?? 0);
}

const sourceRank = ({ stage, field, url }: AssetSource) =>
  `${9 - rank(stage)} ${field.startsWith('source_') ? 1 : 0} ${field} ${url}`;

function mergeBy<T>(a: readonly T[], b: readonly T[], id: (item: T) => string, pick: (a: T, b: T) => T): T[] {
  const merged = new Map(a.map((item) => [id(item), item]));
  for (const item of b) {
    const other = merged.get(id(item));
    merged.set(id(item), other === undefined ? item : pick(other, item));
  }
  return [...merged].sort(([x], [y]) => compare(x, y)).map(([, item]) => item);
}
