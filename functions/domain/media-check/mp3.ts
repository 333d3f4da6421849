// MP3: a sequence of tags and frames. A frame contains its length but not the number of frames; only a Xing or VBRI
// header does. If nothing known starts at the end of a frame, the walk seeks the next frame.

import * as z from 'zod';
import {
  broken,
  type Checker,
  completeFile,
  endsInZeros,
  missingBytes,
  type StructureVerdict,
  startWalk,
  unknown,
  walk,
  walkOn,
} from './checker.ts';
import { announcementBytes, announcementIn, type Frame, frameAt } from './mp3-frame.ts';

/** The state of the walk over an MP3. */
export const mp3State = walk.extend({
  format: z.literal('mp3'),
  /** What is being skipped. */
  within: z.enum(['frame', 'tag', 'other']),
  /** The number of consecutive frames up to here, where the first starts, and the properties of the last. */
  run: z.number(),
  runStart: z.number(),
  stream: z.number(),
  frameSeconds: z.number(),
  /** Confirmed by what follows them. */
  frames: z.number(),
  seconds: z.number(),
  /** Whether the first frame announces the others, and how many; null if it gives no number. */
  hasAnnouncement: z.boolean(),
  announced: z.number().nullable(),
  /** All bytes up to here are frames, tags, or counted as stray. */
  knownTo: z.number(),
  strayBytes: z.number(),
  /** The longest stretch between two frames that is neither frame nor tag. */
  widestGap: z.number(),
});

export type Mp3State = z.infer<typeof mp3State>;

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
  add: (state, part) => walkOn(state, part, onHeader),
  end: (state) => missingBytes(state) ?? judgeMp3(confirmedAtEnd(state)),
};

function onHeader(state: Mp3State, bytes: Buffer, offset: number): void {
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

/** Confirms the frame that ends at `offset`. */
function confirm(state: Mp3State, offset: number): void {
  const gap = Math.max(0, state.runStart - state.knownTo);
  state.strayBytes += gap;
  if (state.frames > 0) state.widestGap = Math.max(state.widestGap, gap);
  state.frames += 1;
  state.seconds += state.frameSeconds;
  state.knownTo = offset;
}

function passOver(state: Mp3State, within: Mp3State['within'], bytes: number): void {
  state.within = within;
  state.skip = bytes;
  state.need = headerBytes;
  state.seeking = false;
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

// Tags before, between and after the frames of an MP3 that contain their own length. Lyrics3 does not; it is skipped
// like other bytes that are not frames.

type Tag = {
  start: string;
  /** The number of bytes that contain the size. */
  need: number;
  size: (head: Buffer) => number;
};

const sevenBits = (head: Buffer) => [6, 7, 8, 9].reduce((size, at) => size * 128 + (head.readUInt8(at) & 0x7f), 0);

const tags: readonly Tag[] = [
  // https://id3.org/id3v2.4.0-structure, 3.1: four times seven bits, without the header and the optional footer.
  { start: 'ID3', need: 10, size: (head) => 10 + sevenBits(head) + ((head.readUInt8(5) & 0x10) === 0 ? 0 : 10) },
  // https://wiki.hydrogenaud.io/index.php?title=Ape_Tags_Header: the size excludes the header; bit 29 distinguishes
  // it from a footer, which nothing follows.
  { start: 'APET', need: 32, size: (head) => 32 + ((head.readUInt8(23) & 0x20) === 0 ? 0 : head.readUInt32LE(12)) },
  { start: 'TAG+', need: 4, size: () => 227 },
  { start: 'TAG', need: 4, size: () => 128 },
];

function tagAt(bytes: Buffer): Tag | undefined {
  return tags.find(({ start }) => bytes.toString('latin1', 0, start.length) === start);
}

/** Nothing that belongs between two frames without its own length is this long; a lost part may be. */
const maxGapBytes = 65_536;

function judgeMp3(state: Mp3State): StructureVerdict {
  const { announced, hasAnnouncement } = state;
  const cut = cutIn(state);
  if (state.frames === 0) return judgeWithoutFrames(state, cut);

  const frames = state.frames - (hasAnnouncement ? 1 : 0);
  const seconds = state.seconds - (hasAnnouncement ? state.frameSeconds : 0);
  // Some encoders count the announcing frame, too.
  if (announced !== null && frames < announced - 1) return broken(`only ${frames} of ${announced} MP3 frames arrived`);
  if (announced !== null && frames <= announced + 1) return completeFile(seconds);

  if (cut !== null) return broken(`the MP3 ends inside ${cut}`);
  if (endsInZeros(state)) return broken('the MP3 ends in zeros');
  if (state.widestGap > maxGapBytes) return broken(`${state.widestGap} bytes in the middle of the MP3 are not MP3`);
  const strayBytes = state.strayBytes + Math.max(0, state.bytes - state.knownTo);
  return strayBytes > state.bytes / 2 ? unknown('more than half of the MP3 is not MP3') : completeFile(seconds);
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

// The verdict on an MP3, from the state of the walk.

const frameHeaderBytes = 4;

/** A few odd bytes at the end are harmless, unless they are the start of a frame. */
function beginsFrame(held: Buffer, stream: number): boolean {
  if (held.length >= frameHeaderBytes) return frameAt(held) !== null;
  const sync = 0xe0;
  return held[0] === 0xff && (held.length === 1 || ((held[1] ?? 0) & 0xfe) === (sync | (stream >> 8)));
}

function judgeWithoutFrames(state: Mp3State, cut: string | null): StructureVerdict {
  if (cut !== null) return broken(`the MP3 ends inside ${cut}, before any sound`);
  if (state.bytes - state.knownTo < frameHeaderBytes) return broken('the MP3 ends before any sound');
  return endsInZeros(state) ? broken('zeros arrived instead of MP3 frames') : unknown('no MP3 frames found');
}

function confirmedAtEnd(state: Mp3State): Mp3State {
  const settled = { ...state };
  if (state.run > 0 && state.skip === 0) confirm(settled, state.bytes - state.held.length / 2);
  return settled;
}
