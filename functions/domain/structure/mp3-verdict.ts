// The verdict on an MP3, from the state of the walk.
import { broken, endsInZeros, unknown, type Verdict, whole } from './checker.ts';
import { frameAt } from './mp3-frame.ts';
import type { Mp3State } from './mp3-state.ts';
import { tagAt } from './mp3-tag.ts';

const headerBytes = 4;
/** Nothing that belongs between two frames without its own length is this long; a lost part may be. */
const maxGapBytes = 65_536;

export function judgeMp3(state: Mp3State): Verdict {
  const { announced, hasAnnouncement } = state;
  const cut = cutIn(state);
  if (state.frames === 0) return judgeWithoutFrames(state, cut);

  const frames = state.frames - (hasAnnouncement ? 1 : 0);
  const seconds = state.seconds - (hasAnnouncement ? state.frameSeconds : 0);
  // Some encoders count the announcing frame, too.
  if (announced !== null && frames < announced - 1) return broken(`only ${frames} of ${announced} MP3 frames came`);
  if (announced !== null && frames <= announced + 1) return whole(seconds);

  if (cut !== null) return broken(`the MP3 ends inside ${cut}`);
  if (endsInZeros(state)) return broken('the MP3 ends in zeros');
  if (state.widestGap > maxGapBytes) return broken(`${state.widestGap} bytes in the middle of the MP3 are not MP3`);
  const strayBytes = state.strayBytes + Math.max(0, state.bytes - state.knownTo);
  return strayBytes > state.bytes / 2 ? unknown('more than half of the MP3 is not MP3') : whole(seconds);
}

function judgeWithoutFrames(state: Mp3State, cut: string | null): Verdict {
  if (cut !== null) return broken(`the MP3 ends inside ${cut}, before any sound`);
  if (state.bytes - state.knownTo < headerBytes) return broken('the MP3 ends before any sound');
  return endsInZeros(state) ? broken('zeros came instead of MP3 frames') : unknown('no MP3 frames found');
}

/** What the file ends in the middle of. */
function cutIn(state: Mp3State): string | null {
  if (state.within === 'tag' && state.skip > 0) return 'a tag';
  if (state.within === 'frame' && state.skip > 0) return isChance(state) ? null : 'a frame';
  const held = Buffer.from(state.held, 'hex');
  if (state.within === 'other' && state.seeking) return null;
  if (tagAt(held) !== undefined) return 'a tag';
  return beginsFrame(held, state.stream) ? 'a frame' : null;
}

/** A single "frame" after bytes that are not frames. */
const isChance = ({ run, runStart, knownTo }: Mp3State) => run === 1 && runStart > knownTo;

/** A few odd bytes at the end are harmless, unless they are the start of a frame. */
function beginsFrame(held: Buffer, stream: number): boolean {
  if (held.length >= headerBytes) return frameAt(held) !== null;
  const sync = 0xe0;
  return held[0] === 0xff && (held.length === 1 || ((held[1] ?? 0) & 0xfe) === (sync | (stream >> 8)));
}
