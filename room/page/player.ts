// The player: one audio element, the step from one track to the next, and the machine's media keys.
import { batch, effect } from '@preact/signals';
import type { TaskRow } from '../page-api.ts';
import { listTasks, mediaPath, messageOf } from './api.ts';
import { byId } from './by-id.ts';
import { announce, findRow, state } from './state.ts';
import { type PlayableTrack, trackOf, tracksOf } from './tracks.ts';

/** It is in index.html, outside of what Preact draws: no update of the page touches it. */
const audio = byId('audio', HTMLAudioElement);

/** After this many unplayable files in a row, the files are not the cause. */
const maxFailures = 5;
let failures = 0;

/** After this time, "previous" starts the same track again. */
const restartSeconds = 4;

const reasons = new Map<number, string>([
  [MediaError.MEDIA_ERR_NETWORK, 'it could not be read completely'],
  [MediaError.MEDIA_ERR_DECODE, 'it is damaged'],
  [MediaError.MEDIA_ERR_SRC_NOT_SUPPORTED, 'it is missing, or this browser cannot play this kind of file'],
]);

/** Plays a take; if it is the current one, pauses or resumes it. */
export function playTake(taskId: string, take: number): void {
  const playing = state.playing.peek();
  const row = findRow(taskId);
  const track = row && trackOf(row, take, state.route.peek().filter);
  if (playing?.taskId === taskId && playing.take === take) togglePlaying();
  else if (track !== undefined) play(track);
}

export function play(track: PlayableTrack): void {
  failures = 0;
  load(track);
}

export function togglePlaying(): void {
  if (audio.paused) start();
  else audio.pause();
}

/** To the next track (1) or the previous one (-1). */
export async function skip(step: 1 | -1): Promise<void> {
  const track = state.playing.peek();
  if (track === null) return;
  if (step === -1 && audio.currentTime > restartSeconds) {
    audio.currentTime = 0;
    return;
  }
  try {
    const found = await adjacentTrack(track, step, findRow(track.taskId));
    if (found !== undefined && state.playing.peek() === track) load(found);
  } catch (error) {
    announce(`The list could not be read: ${messageOf(error)}`);
  }
}

export function seekTo(seconds: number): void {
  audio.currentTime = Math.min(Math.max(0, seconds), audio.duration || 0);
}

export const seekBy = (seconds: number) => seekTo(audio.currentTime + seconds);

export function setVolume(volume: number): void {
  audio.volume = volume;
}

function load(track: PlayableTrack): void {
  state.playing.value = track;
  audio.src = mediaPath(track.key);
  start();
}

function start(): void {
  audio.play().catch((error) => {
    // Every other failure also causes an `error` event, or another track was chosen.
    if (error instanceof DOMException && error.name === 'NotAllowedError') announce('Press play to listen.');
  });
}

function skipUnplayable(): void {
  const track = state.playing.peek();
  if (track === null || audio.error === null) return;
  failures += 1;
  const isLast = failures >= maxFailures;
  const reason = reasons.get(audio.error.code) ?? 'it could not be played';
  announce(`Skipped “${track.title}”: ${reason}.${isLast ? ' The tracks before it failed too; playing stops.' : ''}`);
  if (!isLast) void skip(1);
}

function readAudio(): void {
  batch(() => {
    state.isPlaying.value = !audio.paused;
    state.elapsedSeconds.value = audio.currentTime;
    state.durationSeconds.value = Number.isFinite(audio.duration) ? audio.duration : 0;
  });
}

/** Only one of the audio element and the videos plays. */
function pauseOthers({ target }: Event): void {
  if (target !== audio) audio.pause();
  else for (const video of document.querySelectorAll('video')) video.pause();
}

/** The search for a playable task gives up after 1,000 rows: 20 requests of 50. */
const rowsPerRequest = 50;
const maxRequests = 20;

/**
 * The track after (`step` 1) or before (-1) this one, in the list as it was filtered when playing began. Undefined at
 * the end of the list, or if the task is no longer in it. `own` is the track's own row, where it is loaded.
 */
async function adjacentTrack(
  track: PlayableTrack,
  step: 1 | -1,
  own: TaskRow | undefined,
): Promise<PlayableTrack | undefined> {
  const sibling = own && siblingOf(tracksOf(own, track.filter), track, step);
  if (sibling !== undefined) return sibling;

  const here = await listTasks(track.filter, { at: track.taskId, count: 1 });
  if (here.rows[0]?.taskId !== track.taskId) return undefined;
  let from = here.from + 1;
  let to = here.from;
  for (let request = 0; request < maxRequests; request++) {
    const start = step === 1 ? from : Math.max(0, to - rowsPerRequest);
    const count = step === 1 ? rowsPerRequest : to - start;
    if (count === 0) return undefined;
    const { rows } = await listTasks(track.filter, { from: start, count });
    const found = rows.flatMap((row) => tracksOf(row, track.filter)).at(step === 1 ? 0 : -1);
    if (found !== undefined || rows.length === 0) return found;
    from = start + rows.length;
    to = start;
  }
  return undefined;
}

function siblingOf(tracks: readonly PlayableTrack[], track: PlayableTrack, step: 1 | -1): PlayableTrack | undefined {
  const at = tracks.findIndex(({ taskId, take }) => taskId === track.taskId && take === track.take);
  return at === -1 ? undefined : tracks[at + step];
}

export function startPlayer(): void {
  for (const event of ['play', 'pause', 'ended', 'emptied', 'timeupdate', 'durationchange', 'seeking']) {
    audio.addEventListener(event, readAudio);
  }
  audio.addEventListener('error', skipUnplayable);
  audio.addEventListener('ended', () => void skip(1));
  audio.addEventListener('timeupdate', () => {
    if (audio.currentTime > 0) failures = 0;
  });
  document.addEventListener('play', pauseOthers, true);

  const { mediaSession } = navigator;
  mediaSession.setActionHandler('play', togglePlaying);
  mediaSession.setActionHandler('pause', () => audio.pause());
  mediaSession.setActionHandler('nexttrack', () => void skip(1));
  mediaSession.setActionHandler('previoustrack', () => void skip(-1));
  effect(() => {
    const track = state.playing.value;
    document.title = track !== null && state.isPlaying.value ? `${track.title} · Trackkeeper` : 'Trackkeeper';
  });
  effect(() => {
    const track = state.playing.value;
    if (track === null) return;
    const artwork = track.cover === null ? [] : [{ src: mediaPath(track.cover) }];
    mediaSession.metadata = new MediaMetadata({
      title: track.title,
      artist: track.tags,
      album: 'Trackkeeper',
      artwork,
    });
  });
}
