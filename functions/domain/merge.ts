// What a callback says, merged into the record. Commutative and idempotent: any order, any repeats, the same record.

import { assetId, openAsset } from './asset.ts';
import type { ParsedCallback, SeenAsset } from './callback/family.ts';
import type { ExpectedTask } from './expected.ts';
import { limits } from './limits.ts';
import type { ExpectedMessage } from './message.ts';
import {
  type Asset,
  type Failure,
  noInquiry,
  type Provider,
  type Source,
  type Stage,
  type TaskKind,
  type TaskRecord,
  type Track,
} from './record.ts';
import { deriveStatus } from './task-state.ts';
import { stages } from './words.ts';

export type Observation = {
  callback: ParsedCallback;
  receivedAt: string;
  labels: Readonly<Record<string, string>>;
  /** The provider itself said it when it was asked. */
  confirmed?: boolean;
};

export function mergeCallback(record: TaskRecord | undefined, observation: Observation): TaskRecord {
  const { callback, receivedAt, confirmed = false } = observation;
  const { stage, code } = callback;
  const before = told(record, callback, observation);
  const tracks = callback.tracks.map((track) => ({ ...track, stage, seenAt: receivedAt }));
  return deriveStatus({
    ...before,
    stages: mergeStages(before.stages, { stage, code, at: receivedAt }),
    failure: mergeFailures(before.failure, callback.failure),
    tracks: mergeBy(before.tracks, tracks, (track) => track.trackId, betterTrack),
    assets: callback.assets.reduce((assets, seen) => mergeAsset(assets, { seen, stage, confirmed }), before.assets),
  });
}

/** What somebody announced: nothing is known of the task yet but what it is and whose. */
export function mergeExpected(
  record: TaskRecord | undefined,
  task: ExpectedTask,
  message: Pick<ExpectedMessage, 'receivedAt' | 'labels'>,
): TaskRecord {
  // Announced wrongly, and nobody knew it: what was said then does not count any more.
  const isAnew = record?.failure?.outcome === 'unknown_task';
  return deriveStatus(told(isAnew ? undefined : record, task, message));
}

/** What everything that is heard of a task says. */
function told(
  record: TaskRecord | undefined,
  { taskId, provider, kind }: Pick<ParsedCallback, 'taskId' | 'provider' | 'kind'>,
  { receivedAt, labels }: Pick<Observation, 'receivedAt' | 'labels'>,
): TaskRecord {
  const before = record ?? newRecord(taskId, receivedAt);
  return {
    ...before,
    provider: known(before.provider, provider),
    kind: known(before.kind, kind),
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

/** A failed callback often does not tell what it was about; 'music' is only a guess there, so a surer word wins. */
function known<Word extends Provider | TaskKind>(a: Word, b: Word): Word {
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

/** What only we say (`code` null) ends when the provider says anything. */
function mergeFailures(a: Failure | null, b: Failure | null): Failure | null {
  const said = [a, b].filter((failure) => failure !== null && failure.code !== null);
  return said.sort((x, y) => compare(JSON.stringify(y), JSON.stringify(x)))[0] ?? null;
}

/** The later stage's words, then the fuller, then those seen first; the last comparison only makes the choice certain. */
function betterTrack(a: Track, b: Track): Track {
  const filled = (track: Track) => Object.values(track).filter((value) => value !== null).length;
  const order =
    rank(a.stage) - rank(b.stage) ||
    filled(a) - filled(b) ||
    compare(b.seenAt, a.seenAt) ||
    compare(JSON.stringify(a), JSON.stringify(b));
  return order >= 0 ? a : b;
}

type Sighting = { seen: SeenAsset; stage: Stage; confirmed: boolean };

function mergeAsset(assets: Asset[], { seen, stage, confirmed }: Sighting): Asset[] {
  const sources = mergeSources(
    [],
    seen.urls.map(({ field, url }) => ({ url, field, stage, confirmed })),
  );
  const asset = openAsset({ kind: seen.kind, trackId: seen.trackId, name: seen.name, sources });
  return mergeBy(assets, [asset], assetId, joinAssets);
}

/**
 * The known asset with the sources of both. A new link is tried at once, also where others were tried in vain; and so is one
 * that a later stage names again.
 */
export function joinAssets(known: Asset, seen: Pick<Asset, 'sources'>): Asset {
  const sources = mergeSources(known.sources, seen.sources);
  const isKnown = ({ url, stage }: Source) =>
    known.sources.some((source) => source.url === url && rank(source.stage) >= rank(stage));
  const gained = !sources.every(isKnown);
  if (!gained || known.state === 'stored') return { ...known, sources };
  const refreshes = known.refreshes + (known.wantsLinks ? 1 : 0);
  return { ...known, sources, state: 'open', nextDueAt: null, wantsLinks: false, refreshes };
}

/** In the order in which they are to be tried: the latest stage's links first, the original's after the provider's own. */
function mergeSources(a: readonly Source[], b: readonly Source[]): Source[] {
  const later = (x: Source, y: Source) => ({
    ...(trial(x) <= trial(y) ? x : y),
    confirmed: x.confirmed || y.confirmed,
  });
  const merged = mergeBy(a, b, ({ url }) => url, later);
  return merged.sort((x, y) => compare(trial(x), trial(y))).slice(0, limits.sourcesKept);
}

const trial = ({ stage, field, url }: Source) =>
  `${9 - rank(stage)} ${field.startsWith('source_') ? 1 : 0} ${field} ${url}`;

function mergeBy<T>(a: readonly T[], b: readonly T[], id: (item: T) => string, pick: (a: T, b: T) => T): T[] {
  const merged = new Map(a.map((item) => [id(item), item]));
  for (const item of b) {
    const other = merged.get(id(item));
    merged.set(id(item), other === undefined ? item : pick(other, item));
  }
  return [...merged].sort(([x], [y]) => compare(x, y)).map(([, item]) => item);
}
