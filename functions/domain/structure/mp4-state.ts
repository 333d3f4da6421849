import * as z from 'zod';
import { mp4Times } from './mp4-times.ts';
import { walk } from './walk.ts';

/** What the walk over an MP4 has found. */
export const mp4State = walk.extend({
  format: z.literal('mp4'),
  /** Where the boxes end that the walk is inside of, the outermost first. */
  ends: z.array(z.number()),
  /** Where the box last looked at ends. */
  boxEnd: z.number(),
  /** The last outermost box, and how far the file has to reach for it. */
  last: z.string(),
  reach: z.number(),
  /** Outermost boxes that were seen. */
  has: z.object({ moov: z.boolean(), mdat: z.boolean(), meta: z.boolean() }),
  /** It says that fragments follow, or has some. */
  isFragmented: z.boolean(),
  /** Where an outermost box should begin and none does. */
  lostAt: z.number().nullable(),
  /** All tracks seen are. */
  isCompressed: z.boolean(),
  times: mp4Times,
});
export type Mp4State = z.infer<typeof mp4State>;
