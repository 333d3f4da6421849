import * as z from 'zod/mini';

/** What the sweeper finds in its environment; the stack and the local deployment write it `satisfies SweeperEnv`. */
export const sweeperEnv = z.object({
  /** Which deployment's metrics these are. */
  STACK_NAME: z.string().check(z.minLength(1)),
  BUCKET_NAME: z.string().check(z.minLength(3)),
  WAKE_QUEUE_URL: z.url(),
});

export type SweeperEnv = z.input<typeof sweeperEnv>;
