// MP4 and M4A: a sequence of boxes, some of them nested. The payload (`mdat`) is skipped; what matters is that each
// box ends within the file, and that both the description (`moov`) and the payload exist.

import * as z from 'zod';
import {
  broken,
  type Checker,
  completeFile,
  endsInZeros,
  missingBytes,
  type StructureVerdict,
  startWalk,
  toTheEnd,
  unknown,
  walk,
  walkOn,
} from './checker.ts';
import {
  announcedSecondsOf,
  fieldsOf,
  mp4Times,
  noTimes,
  readRun,
  runBytes,
  secondsOf,
  timeBoxes,
} from './mp4-times.ts';

/** The state of the walk over an MP4. */
export const mp4State = walk.extend({
  format: z.literal('mp4'),
  /** The ends of the enclosing boxes, outermost first. */
  ends: z.array(z.number()),
  /** The end of the last box that was read. */
  boxEnd: z.number(),
  /** The last outermost box, and how long the file must be to contain it. */
  last: z.string(),
  reach: z.number(),
  /** The outermost boxes found so far. */
  has: z.object({ moov: z.boolean(), mdat: z.boolean(), meta: z.boolean() }),
  /** The file announces fragments, or has some. */
  isFragmented: z.boolean(),
  /** Where an outermost box should start and none does. */
  lostAt: z.number().nullable(),
  /** All tracks found so far are compressed. */
  isCompressed: z.boolean(),
  times: mp4Times,
});

export type Mp4State = z.infer<typeof mp4State>;

const minBoxBytes = 8;

export const mp4: Checker<Mp4State> = {
  start: (totalBytes) => ({
    ...startWalk(totalBytes, minBoxBytes),
    format: 'mp4',
    ends: [],
    boxEnd: 0,
    reach: 0,
    last: '',
    has: { moov: false, mdat: false, meta: false },
    isFragmented: false,
    lostAt: null,
    isCompressed: true,
    times: noTimes,
  }),
  add: (state, part) => walkOn(state, part, onHeader),
  end: (state) => missingBytes(state) ?? judgeMp4(state),
};

function onHeader(state: Mp4State, bytes: Buffer, offset: number): void {
  if (state.times.samplesLeft > 0) lookAtSample(state, bytes, offset);
  else lookAtHeader(state, bytes, offset);
}

function lookAtSample(state: Mp4State, bytes: Buffer, offset: number): void {
  const { times } = state;
  times.end += bytes.readUInt32BE(0);
  times.samplesLeft -= 1;
  if (times.samplesLeft > 0) state.skip = times.sampleBytes;
  else passOver(state, state.boxEnd - offset);
}

function passOver(state: Mp4State, bytes: number): void {
  state.skip = bytes;
  state.need = minBoxBytes;
}

function lookAtHeader(state: Mp4State, bytes: Buffer, offset: number): void {
  state.ends = state.ends.filter((end) => end > offset);
  const room = (state.ends.at(-1) ?? toTheEnd) - offset;
  // Too few bytes for a box at the end of its parent are padding.
  if (room < minBoxBytes) {
    passOver(state, room);
    return;
  }
  if (bytes.length < headerBytesOf(bytes)) {
    state.need = headerBytesOf(bytes);
    return;
  }

  const box = boxAt(bytes, room);
  if (box === null) {
    if (state.ends.length === 0) state.lostAt = offset;
    passOver(state, room);
    return;
  }
  // Deliberately cut: a child cannot end after its parent.
  const size = Math.min(box.size, room);
  const wanted = Math.min(size, box.headerBytes + bodyBytesOf(box.type));
  if (bytes.length < wanted) {
    state.need = wanted;
    return;
  }
  lookAtBox(state, { ...box, size }, bytes.subarray(box.headerBytes), offset);
}

/** The length of the header. */
const headerBytesOf = (bytes: Buffer): number => (bytes.readUInt32BE(0) === 1 ? 16 : 8);

// The header of a box: 32 bits of size and four letters, then 64 bits of size if the first size is 1. ISO/IEC
// 14496-12, 4.2.

type Box = {
  type: string;
  headerBytes: number;
  /** Includes the header. */
  size: number;
  /** Has no size: it extends to the end of the file. */
  isOpen: boolean;
};

/** `room`: how far a box without a size extends. Null if no box starts here. */
function boxAt(bytes: Buffer, room: number): Box | null {
  const type = bytes.toString('latin1', 4, 8);
  const headerBytes = headerBytesOf(bytes);
  const said = headerBytes === 16 ? Number(bytes.readBigUInt64BE(8)) : bytes.readUInt32BE(0);
  const size = said === 0 ? room : Math.min(said, Number.MAX_SAFE_INTEGER);
  return /^[\x20-\x7e\xa9]{4}$/.test(type) && size >= headerBytes
    ? { type, headerBytes, size, isOpen: said === 0 }
    : null;
}

/** In `stsd`: version, count, size of the first entry. */
const codecAt = 12;

const otherBytes: Record<string, number> = { stsd: codecAt + 4, trun: runBytes };

/** How much of a box is read. */
const bodyBytesOf = (type: string): number => timeBoxes[type]?.bytes ?? otherBytes[type] ?? 0;

const parents = ['moov', 'trak', 'mdia', 'minf', 'stbl', 'mvex', 'moof', 'traf'];

/** The deepest nesting of parents: moov/trak/mdia/minf/stbl. */
const maxDepth = 5;

/** Codecs whose data never contains a long stretch of zeros, as uncompressed audio may. */
const compressed = ['mp4a', 'Opus', 'ac-3', 'ec-3', '.mp3', 'avc1', 'avc3', 'hvc1', 'hev1', 'vp09', 'av01', 'mp4v'];

function lookAtBox(state: Mp4State, box: Box, body: Buffer, offset: number): void {
  const { type, size, headerBytes } = box;
  state.boxEnd = offset + size;
  if (state.ends.length === 0) noteOutermost(state, box, offset);
  if (type === 'mvex' || type === 'moof') state.isFragmented = true;
  if (parents.includes(type) && state.ends.length < maxDepth) {
    state.ends.push(state.boxEnd);
    passOver(state, headerBytes);
    return;
  }
  timeBoxes[type]?.read(state.times, fieldsOf(body));
  if (type === 'stsd') state.isCompressed &&= compressed.includes(body.toString('latin1', codecAt, codecAt + 4));
  const samplesAt = type === 'trun' ? readRun(state.times, fieldsOf(body), size - headerBytes) : null;
  if (samplesAt === null) {
    passOver(state, size);
    return;
  }
  state.skip = headerBytes + samplesAt;
  state.need = 4;
}

function noteOutermost(state: Mp4State, { type, isOpen }: Box, offset: number): void {
  state.last = type;
  state.reach = isOpen ? offset : state.boxEnd;
  if (type === 'moov' || type === 'mdat' || type === 'meta') state.has[type] = true;
}

function judgeMp4(state: Mp4State): StructureVerdict {
  const { bytes, reach, last, has, times } = state;
  if (reach > bytes) return broken(`the box "${last}" of the MP4 lacks ${reach - bytes} bytes`);
  // A picture (HEIF, AVIF) consists of the same boxes, described in `meta`.
  if (!has.moov && has.meta) return unknown('the MP4 is no film and no sound');
  if (!has.moov) return broken('the MP4 ends before its description (moov)');
  if (!has.mdat) return broken('the MP4 ends before its payload (mdat)');
  if (state.isFragmented) return judgeFragments(state);
  // Bytes that are not a box are harmless after the payload and the description.
  if (endsInZeros(state) && last === 'mdat' && state.lostAt === null && state.isCompressed) {
    return broken('the payload of the MP4 ends in zeros');
  }
  return completeFile(secondsOf(times));
}

/** The boxes with which a fragment starts. */
const beforePayload = ['styp', 'sidx', 'prft', 'emsg', 'moof'];

// The verdict on an MP4, from the state of the walk.

/** Fragments of several tracks do not end at the same moment. */
const toleranceSeconds = 1;

function judgeFragments({ last, held, lostAt, times }: Mp4State): StructureVerdict {
  if (beforePayload.includes(last)) return broken('the last fragment of the MP4 lacks its payload (mdat)');
  if (lostAt !== null) return broken(`no box starts at byte ${lostAt} of the MP4, where a fragment may`);
  if (held !== '') return broken('the MP4 ends inside the header of a fragment');
  const seconds = secondsOf(times);
  const announced = announcedSecondsOf(times);
  if (seconds !== null && announced !== null && seconds + toleranceSeconds < announced) {
    return broken(`fragments of ${seconds.toFixed(1)} s arrived, of ${announced.toFixed(1)} s announced`);
  }
  return completeFile(seconds);
}
