// The plan of a task's files: a path for every asset, and a text file for every song's lyrics. Pure.

import { safeName, sha256, shortId } from '../domain/file-name.ts';
import { limits } from '../domain/limits.ts';
import type { Asset, TaskKind, TaskRecord, Track } from '../domain/record.ts';
import { assetId, openAsset } from '../domain/reopen.ts';
import { deriveStatus } from '../domain/task-state.ts';

/** The name of a folder whose tracks have no title. */
const names: Record<TaskKind, string> = {
  music: 'Untitled',
  video: 'Video',
  wav: 'Audio',
  stems: 'Stems',
  cover: 'Cover',
  lyrics: 'Lyrics',
  midi: 'MIDI',
  voice: 'Voice',
  recovery: 'Recovered',
  unknown: 'Untitled',
};

export function planAssets(record: TaskRecord): TaskRecord {
  const withAudio = { ...record, assets: [...record.assets, ...promisedAudio(record)] };
  const withLyrics = { ...withAudio, assets: planLyrics(withAudio) };
  if (withLyrics.assets.length === 0) return deriveStatus(withLyrics);
  // Chosen once: later callbacks never move files in the library.
  const folder = record.folder ?? folderOf(record);
  const taken = new Map(
    withLyrics.assets.filter(({ path }) => path !== '').map((asset) => [asset.path, ownerOf(asset)]),
  );
  const kept = withLyrics.assets.filter(({ path }, index) => path !== '' || index < limits.assetsPerTask);
  const assets = kept.map((asset) => {
    if (asset.path !== '') return asset;
    const owner = ownerOf(asset);
    const path = freePath(`${folder}/${baseName(record, asset)}`, owner, taken);
    taken.set(path, owner);
    return { ...asset, path };
  });
  return deriveStatus({ ...withLyrics, folder, assets });
}

/** The file's title when it is downloaded: its track's title, or what the file is. */
export function assetTitleOf(record: TaskRecord, asset: Asset): string {
  return record.tracks.find(({ trackId }) => trackId === asset.trackId)?.title ?? (asset.name || names[record.kind]);
}

function folderOf({ firstSeenAt, tracks, kind, taskId }: TaskRecord): string {
  const day = firstSeenAt.slice(0, 10);
  const title = tracks.map((track) => safeName(track.title ?? '')).find((name) => name !== '');
  return `library/${day.slice(0, 7)}/${day}_${title ?? names[kind]}_${shortId(taskId)}`;
}

function baseName(record: TaskRecord, asset: Asset): string {
  const name = safeName(assetTitleOf(record, asset)) || names[record.kind];
  return `${name}_${shortId(asset.trackId ?? record.taskId)}`;
}

/**
 * A track's audio, cover, lyrics and video share a name and differ in their extension. A WAV or a stem may have the
 * extension of an audio file, so it needs a name of its own beside one.
 */
function ownerOf({ kind, trackId, name }: Asset): string {
  return assetId({ kind: kind === 'wav' || kind === 'stem' ? kind : 'audio', trackId, name });
}

/** Short ids may collide; then a hash of the full id keeps two files apart. */
function freePath(path: string, owner: string, taken: ReadonlyMap<string, string>): string {
  const isFree = !taken.has(path) || taken.get(path) === owner;
  return isFree ? path : `${path}-${sha256(owner).slice(0, 16)}`;
}

/** Kinds of tasks whose tracks are not songs. */
const withoutSongs: readonly TaskKind[] = ['lyrics', 'midi', 'voice'];

/** Every track that the final callback names has audio (P11), also if the callback has no link to it. */
function promisedAudio({ kind, tracks, assets }: TaskRecord): Asset[] {
  if (withoutSongs.includes(kind)) return [];
  const withSound = new Set(
    assets.filter(({ kind }) => kind !== 'image' && kind !== 'lyrics').map(({ trackId }) => trackId),
  );
  const without = tracks.filter(({ stage, trackId }) => stage === 'complete' && !withSound.has(trackId));
  return without.map(({ trackId }) => openAsset({ kind: 'audio', trackId, name: '', sources: [] }));
}

/** A track's lyrics become a text file; lyrics that differ from the stored ones reopen it. */
function planLyrics({ tracks, assets }: TaskRecord): Asset[] {
  const others = assets.filter(({ kind }) => kind !== 'lyrics');
  const withPrompt = tracks.filter(({ prompt }) => prompt !== null);
  const lyrics = withPrompt.map((track) => lyricsAsset(track, assets));
  // A later stage without lyrics does not remove stored ones.
  const kept = assets.filter(
    ({ kind, trackId, state }) =>
      kind === 'lyrics' && state === 'stored' && !withPrompt.some((track) => track.trackId === trackId),
  );
  return [...others, ...lyrics, ...kept];
}

function lyricsAsset({ trackId, prompt }: Track, assets: readonly Asset[]): Asset {
  const known = assets.find((asset) => asset.kind === 'lyrics' && asset.trackId === trackId);
  if (known !== undefined) {
    const isStored = known.state === 'stored' && known.sha256 === sha256(prompt ?? '');
    return isStored || known.state === 'failed' ? known : { ...known, state: 'open' };
  }
  return openAsset({ kind: 'lyrics', trackId, name: '', sources: [] });
}
