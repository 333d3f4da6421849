// What is heard: one audio element, and the way from one track to the next.
import type { TaskRow } from '../page-api.ts';
import { type ListTasks, mediaPath, reasonOf } from './api.ts';
import { neighbour } from './queue.ts';
import type { Track } from './room.ts';

export type Player = {
  play(track: Track): void;
  /** Of what is being played. */
  toggle(): void;
  pause(): void;
  go(step: 1 | -1): Promise<void>;
  seekBy(seconds: number): void;
};

type Deps = {
  audio: HTMLAudioElement;
  listTasks: ListTasks;
  playing(): Track | null;
  rowOf(taskId: string): TaskRow | undefined;
  onTrack(track: Track): void;
  say(words: string): void;
};

/** So many files in a row that cannot be played: it is no longer the file. */
const mostFailures = 5;

/** Later than this, "previous" means the beginning of the same track. */
const beginningSeconds = 4;

const reasons = new Map<number, string>([
  [MediaError.MEDIA_ERR_NETWORK, 'it could not be read to its end'],
  [MediaError.MEDIA_ERR_DECODE, 'it is damaged'],
  [MediaError.MEDIA_ERR_SRC_NOT_SUPPORTED, 'it is not there, or this browser does not play its kind'],
]);

export function createPlayer({ audio, listTasks, playing, rowOf, onTrack, say }: Deps): Player {
  let failures = 0;

  function start(): void {
    // The element says by its own event what is wrong with a file; here it may only have been asked to play another.
    audio.play().catch((error) => {
      if (error instanceof DOMException && error.name === 'NotAllowedError') say('Press play to listen.');
    });
  }

  function play(track: Track): void {
    onTrack(track);
    audio.src = mediaPath(track.key);
    start();
  }

  async function go(step: 1 | -1): Promise<void> {
    const track = playing();
    if (track === null) return;
    if (step === -1 && audio.currentTime > beginningSeconds) {
      audio.currentTime = 0;
      return;
    }
    try {
      const found = await neighbour(track, step, rowOf(track.taskId), listTasks);
      if (found !== undefined && playing() === track) play(found);
    } catch (error) {
      say(`The list could not be read: ${reasonOf(error)}`);
    }
  }

  function failed(): void {
    const track = playing();
    if (track === null || audio.error === null) return;
    failures += 1;
    const goesOn = failures < mostFailures;
    const reason = reasons.get(audio.error.code) ?? 'it could not be played';
    say(`“${track.title}” is left out: ${reason}.${goesOn ? '' : ' So were those before it; playing stops here.'}`);
    if (goesOn) void go(1);
  }

  audio.addEventListener('error', failed);
  audio.addEventListener('ended', () => void go(1));
  audio.addEventListener('timeupdate', () => {
    if (audio.currentTime > 0) failures = 0;
  });

  return {
    play(track) {
      failures = 0;
      play(track);
    },
    toggle() {
      if (audio.paused) start();
      else audio.pause();
    },
    pause: () => audio.pause(),
    go,
    seekBy(seconds) {
      audio.currentTime = Math.min(Math.max(0, audio.currentTime + seconds), audio.duration || 0);
    },
  };
}
