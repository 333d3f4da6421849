// Generate, extend, cover, add-vocals, add-instrumental, replace-section, mashup and sounds have the same shape.
import { isObject } from './body.ts';
import { type CallbackAsset, type CallbackContent, type Family, taskAsset } from './family.ts';
import { stageOf } from './kept-as.ts';
import { link, list, text } from './lenient.ts';
import { readTracks } from './tracks.ts';

export const music: Family = {
  kindOf: () => 'music',
  matches: ({ data }) => isObject(data) && ('callbackType' in data || Array.isArray(data.data)),
  read: ({ data }) =>
    isObject(data) ? { stage: stageOf(data.callbackType), ...readTracks(list.parse(data.data)) } : undefined,
};

/** The notes are in the callback itself, which is stored under `callbacks/`; there is no file to fetch. */
export const midi: Family = {
  kindOf: () => 'midi',
  matches: ({ data }) => isObject(data) && ('instruments' in data || data.state === 'complete'),
  read: () => ({}),
};

/** A voice id or a phrase to record: the text stays in the callback under `callbacks/`; there is no file to fetch. */
export const voice: Family = {
  kindOf: () => 'voice',
  matches: ({ data }) => isObject(data) && ('voiceId' in data || 'validateInfo' in data),
  read: () => ({}),
};

export const video: Family = {
  kindOf: () => 'video',
  matches: ({ data }) => isObject(data) && 'video_url' in data,
  read: ({ data }) =>
    isObject(data) ? { assets: taskAsset('video', 'Video', 'video_url', link.parse(data.video_url)) } : undefined,
};

/** The documentation uses camelCase; one client in the wild expects snake_case. */
const fields = ['audioWavUrl', 'audio_wav_url'] as const;

export const wav: Family = {
  kindOf: () => 'wav',
  matches: ({ data }) => isObject(data) && fields.some((field) => field in data),
  read({ data }) {
    if (!isObject(data)) return undefined;
    const field = fields.find((name) => link.parse(data[name]) !== null) ?? fields[0];
    return { assets: taskAsset('wav', 'Audio', field, link.parse(data[field])) };
  },
};

export const cover: Family = {
  kindOf: () => 'cover',
  matches: ({ data }) => isObject(data) && 'images' in data,
  read: ({ data }) => (isObject(data) && Array.isArray(data.images) ? { assets: covers(data.images, 'images') } : {}),
};

/** Two images with the same URL are one. */
export function covers(urls: readonly unknown[], field: string): CallbackAsset[] {
  const present = new Set(urls.map((url) => link.parse(url)).filter((url) => url !== null));
  return [...present].map((url, index) => ({
    kind: 'image',
    trackId: null,
    name: `Cover ${index + 1}`,
    urls: [{ field, url }],
  }));
}

// sunoapi.org's recovery of old songs: `data` itself is the list of tracks. The files may be .m4a.

export const recovery: Family = {
  kindOf: () => 'recovery',
  provider: 'sunoapi.org',
  matches: ({ data }) => Array.isArray(data),
  read: ({ data }) => readTracks(list.parse(data)),
};

export const lyrics: Family = {
  kindOf: () => 'lyrics',
  // On sunoapi.org `taskId` distinguishes failed lyrics (`data: null`) from failed music; on kie.ai nothing does.
  matches: ({ data }) =>
    isObject(data) &&
    'callbackType' in data &&
    (list.parse(data.data).some((item) => 'text' in item) || ('taskId' in data && !('task_id' in data))),
  read: ({ data }) => (isObject(data) ? readLyrics(list.parse(data.data)) : undefined),
};

/** Each text becomes a track without audio: it is stored as a text file, like the lyrics of a song. */
export function readLyrics(items: readonly Record<string, unknown>[]): CallbackContent {
  const tracks = items.flatMap((item, index) => {
    const prompt = text.parse(item.text);
    if (prompt === null) return [];
    return [
      {
        trackId: `lyrics-${index + 1}`,
        title: text.parse(item.title),
        tags: null,
        model: null,
        prompt,
        durationSeconds: null,
        createTime: null,
      },
    ];
  });
  return { tracks, assets: [] };
}
