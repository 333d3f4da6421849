import * as z from 'zod';
import { walk } from './walk.ts';

/** What the walk over an MP3 has found. */
export const mp3State = walk.extend({
  format: z.literal('mp3'),
  /** What the walk is passing over. */
  within: z.enum(['frame', 'tag', 'other']),
  /** How many frames stand one behind the other up to here, where the first begins, and what the last one is like. */
  run: z.number(),
  runStart: z.number(),
  stream: z.number(),
  frameSeconds: z.number(),
  /** Confirmed by what stands behind them. */
  frames: z.number(),
  seconds: z.number(),
  /** The first frame announces the others, and how many they are; null where it does not say. */
  hasAnnouncement: z.boolean(),
  announced: z.number().nullable(),
  /** Up to here all is frames and tags, or counted as stray. */
  knownTo: z.number(),
  strayBytes: z.number(),
  /** The longest stretch between two frames that is neither frame nor tag. */
  widestGap: z.number(),
});
export type Mp3State = z.infer<typeof mp3State>;
