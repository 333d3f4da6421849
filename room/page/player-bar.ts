// The bar at the bottom: what is playing, and where it is.
import { mediaPath } from './api.ts';
import { element, icon, part, words } from './element.ts';
import { morphChildren } from './morph.ts';
import { writePlace } from './place.ts';
import type { Player } from './player.ts';
import type { Track } from './room.ts';
import { clock } from './wording.ts';

const bar = part('player', HTMLElement);
const link = part('playing', HTMLAnchorElement);
const toggle = part('toggle', HTMLButtonElement);
const seek = part('seek', HTMLInputElement);
const volume = part('volume', HTMLInputElement);

export const coverOf = (key: string | null, name: string) =>
  element(
    'span',
    { class: `cover ${name}` },
    key === null
      ? icon('note')
      : element('img', { src: mediaPath(key), alt: '', decoding: 'async', draggable: 'false' }),
  );

export function drawPlaying(track: Track | null, isPlaying: boolean): void {
  bar.hidden = track === null;
  document.title = track !== null && isPlaying ? `${track.title} · Trackkeeper` : 'Trackkeeper';
  if (track === null) return;
  link.href = writePlace({ view: 'task', taskId: track.taskId, filter: track.filter });
  morphChildren(link, [
    coverOf(track.cover, ''),
    element('span', { class: 'what' }, words(track.title, 'title'), words(track.tags, 'tags')),
  ]);
  toggle.setAttribute('aria-label', isPlaying ? 'Pause' : 'Play');
  morphChildren(toggle, [icon(isPlaying ? 'pause' : 'play')]);
}

function drawTime(audio: HTMLAudioElement): void {
  const length = Number.isFinite(audio.duration) ? audio.duration : 0;
  seek.max = String(length);
  seek.value = String(audio.currentTime);
  seek.setAttribute('aria-valuetext', `${clock(audio.currentTime)} of ${clock(length)}`);
  part('elapsed', HTMLElement).textContent = clock(audio.currentTime);
  part('length', HTMLElement).textContent = clock(length);
}

export function wirePlayerBar(audio: HTMLAudioElement): void {
  for (const moved of ['timeupdate', 'durationchange', 'seeking', 'emptied']) {
    audio.addEventListener(moved, () => drawTime(audio));
  }
  seek.addEventListener('input', () => {
    audio.currentTime = Number(seek.value);
  });
  volume.addEventListener('input', () => {
    audio.volume = Number(volume.value);
  });
}

/** The keys of a keyboard, a headset or a lock screen. */
export function tellMediaSession(track: Track, player: Player): void {
  const { mediaSession } = navigator;
  mediaSession.metadata = new MediaMetadata({
    title: track.title,
    artist: track.tags,
    album: 'Trackkeeper',
    artwork: track.cover === null ? [] : [{ src: mediaPath(track.cover) }],
  });
  mediaSession.setActionHandler('play', () => player.toggle());
  mediaSession.setActionHandler('pause', () => player.pause());
  mediaSession.setActionHandler('nexttrack', () => void player.go(1));
  mediaSession.setActionHandler('previoustrack', () => void player.go(-1));
}
