// The demo provider's API: a table from the path of a request to the callbacks that follow.

import {
  type CallbackStage,
  completeBody,
  firstBody,
  textBody,
  unavailableSourceBody,
  videoBody,
  wavBody,
} from './callback-bodies.ts';
import { composeSong, filmSong, type Media, masterSong, type Song } from './song.ts';

type Step = { afterMs: number; stage: CallbackStage; body: Buffer };

type Work = { what: string; song: Song | null; media: readonly Media[]; steps: readonly Step[] };

type Job = { taskId: string; base: string; createTime: number };

function generateSong({ taskId, ...setting }: Job): Work {
  const song = composeSong();
  return {
    what: 'a song',
    song,
    media: song.tracks.flatMap(({ audio, cover }) => [audio, cover]),
    // The real provider takes about half a minute to `first` and a minute to `complete`.
    steps: [
      { afterMs: 500, stage: 'text', body: textBody(taskId, song, setting) },
      { afterMs: 700, stage: 'first', body: firstBody(taskId, song, setting) },
      { afterMs: 1500, stage: 'complete', body: completeBody(taskId, song, setting) },
    ],
  };
}

/** Always fails: it represents a song whose uploaded file the provider cannot fetch. */
function coverUpload({ taskId }: Job): Work {
  const steps = [{ afterMs: 600, stage: 'error', body: unavailableSourceBody(taskId) }] as const;
  return { what: 'a cover of a file that is gone', song: null, media: [], steps };
}

function generateVideo({ taskId, base }: Job): Work {
  const video = filmSong();
  const body = videoBody(taskId, `${base}${video.path}`);
  return {
    what: 'its music video',
    song: null,
    media: [video],
    steps: [{ afterMs: 800, stage: 'complete', body }],
  };
}

function convertToWav({ taskId, base }: Job): Work {
  const wav = masterSong();
  const body = wavBody(taskId, `${base}${wav.path}`);
  return { what: 'its WAV', song: null, media: [wav], steps: [{ afterMs: 400, stage: 'complete', body }] };
}

export const operations = {
  '/api/v1/generate': generateSong,
  '/api/v1/generate/upload-cover': coverUpload,
  '/api/v1/mp4/generate': generateVideo,
  '/api/v1/wav/generate': convertToWav,
} as const;

export type OperationPath = keyof typeof operations;

export function isOperation(path: string): path is OperationPath {
  return Object.hasOwn(operations, path);
}
