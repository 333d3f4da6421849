// The bodies that the demo provider POSTs, in the shapes that sunoapi.org really sends.

import type { DemoSong, SongTrack } from './song.ts';

export type CallbackStage = 'text' | 'first' | 'complete' | 'error';

type TrackSetting = { base: string; createTime: number };

/**
 * A track before its audio is final: `audio_url` is present and empty, `source_audio_url` and `duration` are missing,
 * and the stream URLs already play (and stop playing within hours).
 */
function unfinishedTrack(track: SongTrack, { base, createTime }: TrackSetting) {
  return {
    id: track.trackId,
    audio_url: '',
    stream_audio_url: `${base}/stream/${track.trackId}`,
    source_stream_audio_url: `${base}/pipe/?item_id=${track.trackId}`,
    image_url: `${base}${track.cover.path}`,
    source_image_url: `${base}/source${track.cover.path}`,
    prompt: track.lyrics,
    model_name: 'chirp-v4-5',
    title: track.title,
    tags: track.tags,
    createTime,
  };
}

function finishedTrack(track: SongTrack, setting: TrackSetting) {
  return {
    ...unfinishedTrack(track, setting),
    audio_url: `${setting.base}${track.audio.path}`,
    source_audio_url: `${setting.base}/source${track.audio.path}`,
    duration: track.durationSeconds,
  };
}

const bytesOf = (body: unknown): Buffer => Buffer.from(JSON.stringify(body));

const music = (
  msg: string,
  callbackType: CallbackStage,
  taskId: string,
  tracks: readonly unknown[] | null,
  code = 200,
) => bytesOf({ code, msg, data: { callbackType, task_id: taskId, data: tracks } });

export function textBody(taskId: string, song: DemoSong, setting: TrackSetting): Buffer {
  const tracks = song.tracks.map((track) => unfinishedTrack(track, setting));
  return music('Text generation completed.', 'text', taskId, tracks);
}

export function firstBody(taskId: string, song: DemoSong, setting: TrackSetting): Buffer {
  const [one, two] = song.tracks;
  const tracks = [finishedTrack(one, setting), unfinishedTrack(two, setting)];
  return music('First audio generated successfully.', 'first', taskId, tracks);
}

export function completeBody(taskId: string, song: DemoSong, setting: TrackSetting): Buffer {
  const tracks = song.tracks.map((track) => finishedTrack(track, setting));
  return music('All generated successfully.', 'complete', taskId, tracks);
}

export function unavailableSourceBody(taskId: string): Buffer {
  return music('Unable to download related files', 'error', taskId, null, 451);
}

/** Has one stage only, and does not name the track from which the video was made. */
export function videoBody(taskId: string, url: string): Buffer {
  return bytesOf({ code: 200, msg: 'MP4 generated successfully.', data: { task_id: taskId, video_url: url } });
}

export function wavBody(taskId: string, url: string): Buffer {
  return bytesOf({ code: 200, msg: 'success', data: { audioWavUrl: url, task_id: taskId } });
}
