// MP4 and M4A: a sequence of boxes, some of them nested. The payload (`mdat`) is skipped; what matters is that each
// box ends within the file, and that both the description (`moov`) and the payload exist.
import { type Checker, shortfall } from './checker.ts';
import { type Box, boxAt, headerBytesOf } from './mp4-box.ts';
import type { Mp4State } from './mp4-state.ts';
import { fieldsOf, noTimes, readRun, runBytes, timeBoxes } from './mp4-times.ts';
import { judgeMp4 } from './mp4-verdict.ts';
import { startWalk, toTheEnd, walkOn } from './walk.ts';

const minBoxBytes = 8;
const parents = ['moov', 'trak', 'mdia', 'minf', 'stbl', 'mvex', 'moof', 'traf'];
/** The deepest nesting of parents: moov/trak/mdia/minf/stbl. */
const maxDepth = 5;

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
  add: (state, part) => walkOn(state, part, look),
  end: (state) => shortfall(state) ?? judgeMp4(state),
};

function look(state: Mp4State, bytes: Buffer, offset: number): void {
  if (state.times.samplesLeft > 0) lookAtSample(state, bytes, offset);
  else lookAtHeader(state, bytes, offset);
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

/** How much of a box is read. */
const bodyBytesOf = (type: string): number => timeBoxes[type]?.bytes ?? otherBytes[type] ?? 0;
/** In `stsd`: version, count, size of the first entry. */
const codecAt = 12;
const otherBytes: Record<string, number> = { stsd: codecAt + 4, trun: runBytes };

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

/** Codecs whose data never contains a long stretch of zeros, as uncompressed audio may. */
const compressed = ['mp4a', 'Opus', 'ac-3', 'ec-3', '.mp3', 'avc1', 'avc3', 'hvc1', 'hev1', 'vp09', 'av01', 'mp4v'];

function noteOutermost(state: Mp4State, { type, isOpen }: Box, offset: number): void {
  state.last = type;
  state.reach = isOpen ? offset : state.boxEnd;
  if (type === 'moov' || type === 'mdat' || type === 'meta') state.has[type] = true;
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
