import type { Asset, TaskRecord, Track } from '../../functions/domain/record.ts';
import type { FileDetail, Row, TaskDetail } from '../page-api.ts';
import { maxShown, shortened } from './entry.ts';
import { progressOf } from './progress.ts';

type Beside = Pick<TaskDetail, 'revision' | 'bucket' | 'record'>;

/**
 * For all takes together; a song's lyrics have 1 to 3 KB. A page with half a million lines would freeze; the file has
 * the complete text.
 */
const maxLyrics = 50_000;

export function taskDetail(record: TaskRecord, row: Row, beside: Beside): TaskDetail {
  const { folder, assets, tracks } = record;
  return { ...row, ...beside, folder, assets: assets.map(fileDetail), lyrics: Object.fromEntries(lyricsOf(tracks)) };
}

function lyricsOf(tracks: readonly Track[]): [trackId: string, text: string][] {
  let left = maxLyrics;
  return tracks.flatMap(({ trackId, prompt }) => {
    if (!prompt || left <= 0) return [];
    const text = shortened(prompt, left);
    left -= text.length;
    return [[shortened(trackId, maxShown), text]];
  });
}

function fileDetail(asset: Asset): FileDetail {
  const { kind, trackId, name, state, key, bytes, contentType, suspect, attempts } = asset;
  const reason = state === 'stored' ? null : (attempts.at(-1)?.detail ?? null);
  return { kind, trackId, name, state, key, bytes, contentType, suspect, reason, progress: progressOf([asset]) };
}
