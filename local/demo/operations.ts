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
import { composeSong, type DemoMedia, type DemoSong, filmSong, masterSong } from './song.ts';

export const operations = {
  '/api/v1/generate': generateSong,
  '/api/v1/generate/upload-cover': coverUpload,
  '/api/v1/mp4/generate': generateVideo,
  '/api/v1/wav/generate': convertToWav,
} as const;

type Job = { taskId: string; base: string; createTime: number };

type Step = { afterMs: number; stage: CallbackStage; body: Buffer };

type Work = { what: string; song: DemoSong | null; media: readonly DemoMedia[]; steps: readonly Step[] };

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

export type OperationPath = keyof typeof operations;

export function isOperation(path: string): path is OperationPath {
  return Object.hasOwn(operations, path);
}

// What the demo provider answers when it is asked about a task, in the shape of sunoapi.org's record-info of a WAV.

/** Sent as `Authorization: Bearer …`; the stand-in has one account. */
export const demoApiKey = 'the-api-key-of-the-demo-account';

export type StartedTask = { url: string; wasDelivered: boolean };

export const recordInfoPath = '/api/v1/wav/record-info';

export type RecordInfo = { code: number; msg: string; data: unknown };

/** `made`: the result of each task so far; undefined if the task is unknown or has no result yet. */
export function recordInfo(
  asked: { authorization: string | undefined; taskId: string },
  made: ReadonlyMap<string, StartedTask>,
): RecordInfo {
  if (asked.authorization !== `Bearer ${demoApiKey}`) {
    return { code: 401, msg: 'You do not have access permissions', data: null };
  }
  const { taskId } = asked;
  const found = made.get(taskId);
  const response = found === undefined ? null : { audioWavUrl: found.url };
  // CALLBACK_EXCEPTION reports that the callback could not be delivered; the files exist all the same.
  const said = found?.wasDelivered === false ? 'CALLBACK_EXCEPTION' : 'SUCCESS';
  const data = { taskId, response, successFlag: found === undefined ? 'PENDING' : said };
  return { code: 200, msg: 'success', data };
}
