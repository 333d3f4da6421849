// Tracks of the music family, kie.ai's jobs and recovered audio: one object per song, in snake_case.
import * as z from 'zod';
import type { CallbackAsset, CallbackContent, CallbackTrack } from './family.ts';
import { link, number, parseTime, text } from './lenient.ts';

const wireTrack = z.looseObject({
  id: text,
  audio_url: link,
  source_audio_url: link,
  image_url: link,
  source_image_url: link,
  prompt: text,
  model_name: text,
  title: text,
  tags: text,
  createTime: z
    .union([z.string().min(1), z.number()])
    .nullish()
    .catch(null),
  duration: number,
  status: text,
  error: text,
  errorMessage: text,
  error_message: text,
});

type WireTrack = z.infer<typeof wireTrack>;

/**
 * `stream_*` URLs are left out on purpose: they are live streams that return an empty 200 within hours. Sources are
 * tried in this order.
 */
const sourcesOf = { audio: ['audio_url', 'source_audio_url'], image: ['image_url', 'source_image_url'] } as const;

export function readTracks(items: readonly unknown[]): CallbackContent {
  const seen: CallbackContent = { tracks: [], assets: [] };
  const uniqueId = uniqueIds();
  items.forEach((item, index) => {
    const wire = wireTrack.parse(item);
    // A song without an id and audio cannot be fetched or merged yet.
    if (wire.id === null && wire.audio_url === null) return;
    const trackId = uniqueId(wire, index);
    if (trackId === null) return;
    seen.tracks.push(trackOf(wire, trackId));
    seen.assets.push(...assetsOf(wire, trackId));
  });
  return seen;
}

/**
 * A track without an id is identified by its position. Two different songs with one id are two tracks (the second id
 * gets a suffix); the same song twice is one. The search for a free suffix continues where the last one ended, so that
 * the work is linear in the number of songs.
 */
function uniqueIds(): (wire: WireTrack, index: number) => string | null {
  const taken = new Map<string, string | null>();
  const songs = new Set<string>();
  const copies = new Map<string, number>();
  return ({ id, audio_url: url }, index) => {
    const base = id ?? `track-${index + 1}`;
    const song = JSON.stringify([base, url]);
    if (songs.has(song)) return null;
    songs.add(song);
    for (let copy = copies.get(base) ?? 1; ; copy++) {
      const free = copy === 1 ? base : `${base}~${copy}`;
      copies.set(base, copy + 1);
      if (!taken.has(free)) {
        taken.set(free, url);
        return free;
      }
      if (taken.get(free) === url) return null;
    }
  };
}

function trackOf(wire: WireTrack, trackId: string): CallbackTrack {
  const { createTime } = wire;
  return {
    trackId,
    title: wire.title,
    tags: wire.tags,
    model: wire.model_name,
    prompt: wire.prompt,
    durationSeconds: wire.duration,
    createTime: createTime == null ? null : { sent: createTime, parsed: parseTime(createTime) },
  };
}

function assetsOf(wire: WireTrack, trackId: string): CallbackAsset[] {
  return (['audio', 'image'] as const).flatMap((kind) => {
    const urls = sourcesOf[kind].flatMap((field) => {
      const url = wire[field];
      return url === null ? [] : [{ field, url }];
    });
    const reason = kind === 'audio' ? reasonOf(wire) : null;
    return urls.length === 0 && reason === null ? [] : [{ kind, trackId, name: '', urls, reason }];
  });
}

/** Why the provider has no audio for this track, although the task succeeded. */
function reasonOf({ status, error, errorMessage, error_message }: WireTrack): string | null {
  const reason = error ?? errorMessage ?? error_message;
  if (reason !== null) return `the provider says: ${reason}`.slice(0, 300);
  return /fail|error/i.test(status ?? '') ? `the provider says: ${status}`.slice(0, 300) : null;
}
