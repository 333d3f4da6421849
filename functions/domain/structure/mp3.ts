// MP3: a sequence of tags and frames. A frame contains its length but not the number of frames; only a Xing or VBRI
// header does. If nothing known starts at the end of a frame, the walk seeks the next frame.
import { type Checker, shortfall } from './checker.ts';
import { announcementBytes, announcementIn, type Frame, frameAt } from './mp3-frame.ts';
import type { Mp3State } from './mp3-state.ts';
import { tagAt } from './mp3-tag.ts';
import { judgeMp3 } from './mp3-verdict.ts';
import { startWalk, walkOn } from './walk.ts';

const headerBytes = 4;

export const mp3: Checker<Mp3State> = {
  start: (totalBytes) => ({
    ...startWalk(totalBytes, headerBytes),
    format: 'mp3',
    within: 'other',
    run: 0,
    runStart: 0,
    stream: 0,
    frameSeconds: 0,
    frames: 0,
    seconds: 0,
    hasAnnouncement: false,
    announced: null,
    knownTo: 0,
    strayBytes: 0,
    widestGap: 0,
  }),
  add: (state, part) => walkOn(state, part, look),
  end: (state) => shortfall(state) ?? judgeMp3(confirmedAtEnd(state)),
};

function look(state: Mp3State, bytes: Buffer, offset: number): void {
  const frame = frameAt(bytes);
  if (frame !== null && fits(state, frame)) lookAtFrame(state, bytes, offset, frame);
  else if (state.seeking) state.skip = 1;
  else lookAtOther(state, bytes, offset);
}

/** Between frames a match may be chance; directly after a frame it is not. */
const fits = (state: Mp3State, frame: Frame) => !state.seeking || state.frames === 0 || frame.stream === state.stream;

function lookAtFrame(state: Mp3State, bytes: Buffer, offset: number, frame: Frame): void {
  const isFirst = state.frames === 0 && state.run === 0;
  const wanted = isFirst ? Math.min(frame.bytes, announcementBytes) : headerBytes;
  if (bytes.length < wanted) {
    state.need = wanted;
    return;
  }
  if (isFirst) readAnnouncement(state, bytes);
  if (state.run === 0) state.runStart = offset;
  else confirm(state, offset);
  state.run += 1;
  state.stream = frame.stream;
  state.frameSeconds = frame.seconds;
  passOver(state, 'frame', frame.bytes);
}

function readAnnouncement(state: Mp3State, frame: Buffer): void {
  const announcement = announcementIn(frame);
  state.hasAnnouncement = announcement !== null;
  state.announced = announcement?.frames ?? null;
}

function lookAtOther(state: Mp3State, bytes: Buffer, offset: number): void {
  const tag = tagAt(bytes);
  if (tag !== undefined && bytes.length < tag.need) {
    state.need = tag.need;
    return;
  }
  // A frame without a known neighbour is treated as chance.
  if (state.run > 1 || (state.run === 1 && tag !== undefined)) confirm(state, offset);
  state.run = 0;
  if (tag === undefined) {
    state.within = 'other';
    state.need = headerBytes;
    state.seeking = true;
  } else {
    passOver(state, 'tag', tag.size(bytes));
    state.knownTo = offset + state.skip;
  }
}

function passOver(state: Mp3State, within: Mp3State['within'], bytes: number): void {
  state.within = within;
  state.skip = bytes;
  state.need = headerBytes;
  state.seeking = false;
}

/** Confirms the frame that ends at `offset`. */
function confirm(state: Mp3State, offset: number): void {
  const gap = Math.max(0, state.runStart - state.knownTo);
  state.strayBytes += gap;
  if (state.frames > 0) state.widestGap = Math.max(state.widestGap, gap);
  state.frames += 1;
  state.seconds += state.frameSeconds;
  state.knownTo = offset;
}

function confirmedAtEnd(state: Mp3State): Mp3State {
  const settled = { ...state };
  if (state.run > 0 && state.skip === 0) confirm(settled, state.bytes - state.held.length / 2);
  return settled;
}
