// The verdict on an MP4, from the state of the walk.
import { broken, endsInZeros, unknown, type Verdict, whole } from './checker.ts';
import type { Mp4State } from './mp4-state.ts';
import { announcedSecondsOf, secondsOf } from './mp4-times.ts';

/** Fragments of several tracks do not end at the same moment. */
const toleranceSeconds = 1;

export function judgeMp4(state: Mp4State): Verdict {
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
  return whole(secondsOf(times));
}

/** The boxes with which a fragment starts. */
const beforePayload = ['styp', 'sidx', 'prft', 'emsg', 'moof'];

function judgeFragments({ last, held, lostAt, times }: Mp4State): Verdict {
  if (beforePayload.includes(last)) return broken('the last fragment of the MP4 lacks its payload (mdat)');
  if (lostAt !== null) return broken(`no box begins at byte ${lostAt} of the MP4, where a fragment may`);
  if (held !== '') return broken('the MP4 ends inside the header of a fragment');
  const seconds = secondsOf(times);
  const announced = announcedSecondsOf(times);
  if (seconds !== null && announced !== null && seconds + toleranceSeconds < announced) {
    return broken(`fragments of ${seconds.toFixed(1)} s came, of ${announced.toFixed(1)} s announced`);
  }
  return whole(seconds);
}
