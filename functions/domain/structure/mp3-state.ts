import * as z from 'zod';
import { walk } from './walk.ts';

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
