import * as z from 'zod/mini';

/** The sweeper's environment variables; the stack and the local deployment write them with `satisfies SweeperEnv`. */
export const sweeperEnv = z.object({
  /** The deployment's name in metrics. */
  STACK_NAME: z.string().check(z.minLength(1)),
  BUCKET_NAME: z.string().check(z.minLength(3)),
  WAKE_QUEUE_URL: z.url(),
});

export type SweeperEnv = z.input<typeof sweeperEnv>;
