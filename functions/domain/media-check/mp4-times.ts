// The duration of an MP4: given in `mvhd`, or the sum over the fragments of one track. ISO/IEC 14496-12, 8.2.2, 8.8.
import * as z from 'zod';

/** In units of `scale` per second. */
export const mp4Times = z.object({
  movieScale: z.number(),
  movie: z.number(),
  /** The duration of a fragmented file as given in `mehd`. */
  announced: z.number(),
  /** The first track, whose fragments are summed; the others run in parallel. */
  track: z.number(),
  trackScale: z.number(),
  /** The default duration of a sample: of the track, of its fragment. */
  sample: z.number(),
  fragmentSample: z.number(),
  /** Whether the current fragment belongs to the track. */
  isOurs: z.boolean(),
  start: z.number().nullable(),
  end: z.number(),
  /** For a run whose samples have individual durations: how many are left, and how many bytes each has. */
  samplesLeft: z.number(),
  sampleBytes: z.number(),
});
export type Mp4Times = z.infer<typeof mp4Times>;

export const noTimes: Mp4Times = {
  movieScale: 0,
  movie: 0,
  announced: 0,
  track: 0,
  trackScale: 0,
  sample: 0,
  fragmentSample: 0,
  isOurs: false,
  start: null,
  end: 0,
  samplesLeft: 0,
  sampleBytes: 0,
};

/** The first bytes of each box that contain times, and how they are read. Fields beyond a box's end are 0. */
export const timeBoxes: Record<string, { bytes: number; read: (times: Mp4Times, body: Fields) => void }> = {
  mvhd: {
    bytes: 32,
    read(times, body) {
      [times.movieScale, times.movie] = scaleAndDuration(body);
    },
  },
  mehd: {
    bytes: 12,
    read(times, body) {
      times.announced = isLong(body) ? body.u64(4) : body.u32(4);
    },
  },
  tkhd: {
    bytes: 24,
    read(times, body) {
      if (times.track === 0) times.track = body.u32(isLong(body) ? 20 : 12);
    },
  },
  mdhd: {
    bytes: 32,
    read(times, body) {
      if (times.trackScale === 0) times.trackScale = scaleAndDuration(body)[0];
    },
  },
  trex: {
    bytes: 16,
    read(times, body) {
      if (body.u32(4) === times.track) times.sample = body.u32(12);
    },
  },
  tfhd: {
    bytes: 24,
    read(times, body) {
      times.isOurs = body.u32(4) === times.track;
      const [hasOffset, hasDescription, hasDuration] = [1, 2, 8].map((flag) => hasFlag(body, flag));
      const at = 8 + (hasOffset ? 8 : 0) + (hasDescription ? 4 : 0);
      times.fragmentSample = hasDuration ? body.u32(at) : times.sample;
    },
  },
  tfdt: {
    bytes: 12,
    read(times, body) {
      if (!times.isOurs) return;
      times.end = isLong(body) ? body.u64(4) : body.u32(4);
      times.start ??= times.end;
    },
  },
};

/** Where the samples of a run (`trun`) start, if they have to be read one by one. */
export const runBytes = 8;
export function readRun(times: Mp4Times, body: Fields, room: number): number | null {
  if (!times.isOurs) return null;
  const count = body.u32(4);
  if (!hasFlag(body, 0x100)) {
    times.end += count * times.fragmentSample;
    return null;
  }
  const start = 8 + 4 * [0x1, 0x4].filter((flag) => hasFlag(body, flag)).length;
  times.sampleBytes = 4 * [0x100, 0x200, 0x400, 0x800].filter((flag) => hasFlag(body, flag)).length;
  times.samplesLeft = Math.min(count, Math.max(0, Math.floor((room - start) / times.sampleBytes)));
  return times.samplesLeft === 0 ? null : start;
}

/** Computed from the fragments, if there are any. */
export function secondsOf(times: Mp4Times): number | null {
  // A movie that starts before its fragments has a duration of its own, to which theirs are added.
  const start = times.movie > 0 ? 0 : (times.start ?? 0);
  if (times.end > start && times.trackScale > 0) return (times.end - start) / times.trackScale;
  return inMovieTime(times, times.movie);
}

export const announcedSecondsOf = (times: Mp4Times): number | null => inMovieTime(times, times.announced);

const inMovieTime = ({ movieScale }: Mp4Times, duration: number) =>
  duration > 0 && movieScale > 0 ? duration / movieScale : null;

/** Reads numbers at positions that may be beyond the end. */
export type Fields = { u32(at: number): number; u64(at: number): number };
export function fieldsOf(body: Buffer): Fields {
  const u32 = (at: number) => (at + 4 <= body.length ? body.readUInt32BE(at) : 0);
  return { u32, u64: (at) => u32(at) * 2 ** 32 + u32(at + 4) };
}

const isLong = (body: Fields) => body.u32(0) >= 2 ** 24;
const hasFlag = (body: Fields, flag: number) => (body.u32(0) & flag) !== 0;

/** All ones, in either size, means "unknown". */
function scaleAndDuration(body: Fields): [number, number] {
  const [scale, duration] = isLong(body) ? [body.u32(20), body.u64(24)] : [body.u32(12), body.u32(16)];
  return [scale, duration === 0xffffffff || duration >= 2 ** 63 ? 0 : duration];
}
