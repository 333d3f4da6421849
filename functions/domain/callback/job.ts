// kie.ai's unified jobs: `resultJson` is JSON inside a string, and the model tells what was made.
import type { TaskKind } from '../record.ts';
import { isObject } from './body.ts';
import { type CallbackAsset, type Family, taskAsset } from './family.ts';
import { link, list, object } from './lenient.ts';
import { covers, readLyrics } from './music.ts';
import { absentStems, byKey } from './stems.ts';
import { readTracks } from './tracks.ts';

type Urls = (urls: readonly unknown[]) => CallbackAsset[];

const numbered =
  (kind: 'stem' | 'wav' | 'video' | 'audio', word: string): Urls =>
  (urls) =>
    urls.flatMap((url, index) => {
      const name = urls.length === 1 ? word : `${word} ${index + 1}`;
      return taskAsset(kind, name, 'resultUrls', link.parse(url));
    });

type Row = { model: RegExp; kind: TaskKind; urls: Urls };

/** Models without a row of their own make songs. */
const songs: Row = { model: /^/, kind: 'music', urls: numbered('audio', 'Audio') };

/** The kind of a model's plain `resultUrls`. */
const byModel: readonly Row[] = [
  { model: /wav/, kind: 'wav', urls: numbered('wav', 'Audio') },
  { model: /video/, kind: 'video', urls: numbered('video', 'Video') },
  { model: /vocal-?removal|separate|stem/, kind: 'stems', urls: numbered('stem', 'Stem') },
  { model: /cover-generate|cover-image/, kind: 'cover', urls: (urls) => covers(urls, 'resultUrls') },
  { model: /lyrics/, kind: 'lyrics', urls: () => [] },
  { model: /midi/, kind: 'midi', urls: () => [] },
  { model: /persona|voice/, kind: 'voice', urls: () => [] },
  { model: /recovery/, kind: 'recovery', urls: numbered('audio', 'Audio') },
];

export const job: Family = {
  kindOf: ({ data }) => rowOf(data).kind,
  provider: 'kie.ai',
  matches: ({ data }) => isObject(data) && 'model' in data && (data.state === 'success' || data.state === 'fail'),
  read({ data }) {
    if (!isObject(data)) return undefined;
    const row = rowOf(data);
    const result = parseResult(data.resultJson);
    if (result === undefined) return undefined;
    const tracks = readTracks(list.parse(result.data));
    const words = readLyrics(list.parse(object.parse(result.resultObject).lyricsData));
    const urls = Array.isArray(result.resultUrls) ? row.urls(result.resultUrls) : [];
    const parts = row.kind === 'stems' ? byKey(result) : [];
    const absent = parts.length > 0 ? absentStems(result) : [];
    return { tracks: [...tracks.tracks, ...words.tracks], assets: [...tracks.assets, ...urls, ...parts], absent };
  },
};

function rowOf(data: unknown): Row {
  const { model } = object.parse(data);
  return byModel.find((row) => row.model.test(String(model))) ?? songs;
}

/** Some clients received it as an object. */
function parseResult(resultJson: unknown): Record<string, unknown> | undefined {
  if (typeof resultJson !== 'string') return object.parse(resultJson);
  try {
    const result: unknown = JSON.parse(resultJson);
    return isObject(result) ? result : undefined;
  } catch {
    return undefined;
  }
}
