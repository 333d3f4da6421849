import * as z from 'zod';
import { mp4Times } from './mp4-times.ts';
import { walk } from './walk.ts';

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
