// The demo's content: the texts of two tracks, and the media files under URLs of their own.

import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type MediaKind = 'audio' | 'image' | 'video' | 'wav';

/** A file that the provider serves. */
export type DemoMedia = { path: string; kind: MediaKind; title: string; bytes: Buffer };

export type SongTrack = {
  trackId: string;
  title: string;
  tags: string;
  lyrics: string;
  durationSeconds: number;
  audio: DemoMedia;
  cover: DemoMedia;
};

export type DemoSong = { tracks: readonly [SongTrack, SongTrack] };

const lyrics = [
  '[Verse]\nPaper lanterns on the water\nCarry every wish downstream\n',
  '[Chorus]\nHold the light, don’t let it falter\nKeep the song and keep the dream ✨',
].join('\n');

/** The durations are those that ffprobe reports, to two decimal places. */
const first = { title: 'Paper Lanterns', tags: 'ambient, plucked strings, calm', durationSeconds: 8.15 };
const second = { title: 'Lanternes d’été', tags: 'ambient, plucked strings, night', durationSeconds: 10.16 };

const fileOf = {
  audio: { folder: 'r', extension: 'mp3' },
  image: { folder: 's', extension: 'jpeg' },
  video: { folder: 'videos', extension: 'mp4' },
  wav: { folder: 's', extension: 'wav' },
} as const;

/** As with the real provider, a URL does not reveal its track. */
function media(kind: MediaKind, title: string, file: string): DemoMedia {
  const { folder, extension } = fileOf[kind];
  const path = `/${folder}/${randomBytes(16).toString('hex')}.${extension}`;
  return { path, kind, title, bytes: readFileSync(join(import.meta.dirname, 'media', `${file}.${extension}`)) };
}

export function composeSong(): DemoSong {
  const track = (words: typeof first, number: 1 | 2): SongTrack => ({
    ...words,
    trackId: randomUUID(),
    lyrics,
    audio: media('audio', words.title, `track-${number}`),
    cover: media('image', words.title, `cover-${number}`),
  });
  return { tracks: [track(first, 1), track(second, 2)] };
}

export function filmSong(): DemoMedia {
  return media('video', first.title, 'track-1');
}

export function masterSong(): DemoMedia {
  return media('wav', first.title, 'track-1');
}
