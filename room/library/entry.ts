// The data kept in memory for each record: enough for a row of the list and for the search, and bounded.
import { type AttentionReason, attentionReasonOf, taskTitleOf } from '../../client/attention.ts';
import type { Asset, TaskRecord, Track } from '../../functions/domain/record.ts';
import type { Attention, Take, TaskRow } from '../page-api.ts';

/** A provider's ids have 36 characters, its titles 80, its tags up to 1,000; longer values are cut. */
export const maxShown = 300;

export type Entry = {
  /** The record's key in the bucket, and the version that was read. */
  key: string;
  etag: string;
  folder: string | null;
  line: Omit<TaskRow, 'attention'>;
  concern: AttentionReason | { what: 'quarantined'; reason: string } | null;
  text: string;
};

export function entryOf(record: TaskRecord, { key, etag }: Pick<Entry, 'key' | 'etag'>): Entry {
  const { taskId, firstSeenAt, provider, kind, status, labels, assets, tracks } = record;
  const at = new Date(firstSeenAt).toISOString();
  return {
    key,
    etag,
    folder: record.folder,
    line: {
      taskId: shortened(taskId, maxShown),
      at,
      day: at.slice(0, 10),
      provider,
      kind,
      status,
      title: shown(taskTitleOf(record)),
      tags: shown(tracks.map(({ tags }) => tags).find(Boolean) ?? null),
      labels,
      takes: takesOf(record).map(shownTake),
      files: assets.length,
      stored: assets.filter(({ state }) => state === 'stored').length,
      progress: transferProgressOf(assets),
    },
    concern: attentionReasonOf(record) ?? quarantineOf(record),
    text: searchText(record),
  };
}

export function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most).toWellFormed()}…`;
}

const shown = (text: string | null) => (text === null ? null : shortened(text, maxShown));

/** A record has up to 200 tracks and files; more than this do not fit a row. */
const maxTakes = 24;

/** The songs of a task and its other files that can be played or viewed, each with its own name. */
function takesOf({ tracks, assets }: TaskRecord): Take[] {
  const stored = assets.filter(({ state, key }) => state === 'stored' && key !== null);
  const songs = tracks.map((track) =>
    songOf(
      track,
      stored.filter((asset) => isOwn(asset, track)),
    ),
  );
  const others = stored.filter((asset) => asset.kind !== 'lyrics' && !tracks.some((track) => isOwn(asset, track)));
  const byName = Map.groupBy(others, ({ trackId, name }) => JSON.stringify([trackId, name]));
  return [...songs, ...[...byName.values()].map((files) => otherOf(files, tracks))].slice(0, maxTakes);
}

/** The measured length, where the stored file is not as long as the callback said. */
function songOf({ trackId, title, durationSeconds, model }: Track, files: readonly Asset[]): Take {
  const suspect = files.find((file) => file.suspect !== null);
  const seconds = suspect?.measuredSeconds ?? durationSeconds;
  return { trackId, title: title ?? '', durationSeconds: seconds, model, ...filesOf(files) };
}

function filesOf(files: readonly Asset[]): Pick<Take, 'audio' | 'video' | 'cover'> {
  const key = (...kinds: Asset['kind'][]) =>
    kinds.flatMap((kind) => files.find((file) => file.kind === kind)?.key ?? []).at(0) ?? null;
  return { audio: key('audio', 'wav', 'stem'), video: key('video'), cover: key('image') };
}

/** Files with a name of their own (a stem, one of several covers) are separate takes. */
const isOwn = ({ trackId, name }: Asset, track: Track) => trackId === track.trackId && name === '';

function otherOf(files: readonly Asset[], tracks: readonly Track[]): Take {
  const [{ trackId = null, name = '', kind = '' } = {}] = files;
  const title = tracks.find((track) => track.trackId === trackId)?.title ?? '';
  return { trackId, title: name || title || kind, durationSeconds: null, model: null, ...filesOf(files) };
}

function shownTake({ trackId, title, model, ...files }: Take): Take {
  return { trackId: shown(trackId), title: shortened(title, maxShown), model: shown(model), ...files };
}

/** The received bytes of large files in transfer; null if there are none. */
export function transferProgressOf(assets: readonly Pick<Asset, 'progress'>[]): TaskRow['progress'] {
  const under = assets.flatMap(({ progress }) => progress ?? []);
  if (under.length === 0) return null;
  return {
    bytes: sum(under.map(({ checkedParts, partBytes, totalBytes }) => Math.min(checkedParts * partBytes, totalBytes))),
    ofBytes: sum(under.map(({ totalBytes }) => totalBytes)),
  };
}

const sum = (amounts: readonly number[]) => amounts.reduce((one, other) => one + other, 0);

function quarantineOf({ assets }: TaskRecord): Entry['concern'] {
  const kept = assets.filter(({ state }) => state === 'quarantined');
  const details = kept.map(({ attempts }) => attempts.at(-1)?.detail).filter(Boolean);
  const reason = [`${kept.length} of its files did not verify`, ...details].join(': ');
  return kept.length === 0 ? null : { what: 'quarantined', reason: shortened(reason, maxShown) };
}

// The text in which a task is searched. Pure.

/**
 * Per task: a song's lyrics have 1 to 3 KB, and both takes have nearly the same. For ten thousand tasks this is at
 * most 40 MB of one-byte text.
 */
const maxCharacters = 4096;

/** Short fields first: if the text is too long, lyrics are cut. */
export function searchText({ taskId, labels, tracks }: TaskRecord): string {
  const texts = [
    taskId,
    ...Object.entries(labels).map(([name, value]) => `${name}=${value}`),
    ...tracks.map(({ title }) => title),
    ...tracks.map(({ tags }) => tags),
    ...tracks.map(({ prompt }) => prompt),
  ];
  const distinct = new Set(texts.filter((text) => text !== null));
  // Normalising can make a text many times as long.
  return normalised([...distinct].join('\n').slice(0, maxCharacters)).slice(0, maxCharacters);
}

/** Applied to both the query and the text. */
export function normalised(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

export function rowOf({ line, concern }: Entry, attention: (concern: Entry['concern']) => Attention | null): TaskRow {
  return { ...line, attention: attention(concern) };
}
