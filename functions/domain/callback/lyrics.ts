import type { Family, Seen } from './family.ts';
import { isObject } from './is-object.ts';
import { list, text } from './tolerant.ts';

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
export function readLyrics(items: readonly Record<string, unknown>[]): Seen {
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
