// zod's small half, here and in all that the receiver loads: the other one costs its start 10 ms (docs/performance.md).
import * as z from 'zod/mini';

/** What the receiver finds in its environment; the stack and the local deployment write it `satisfies ReceiverEnv`. */
export const receiverEnv = z.object({
  /** Which deployment's metrics these are. */
  STACK_NAME: z.string().check(z.minLength(1)),
  QUEUE_URL: z.url(),
  /** Name or ARN of the Secrets Manager secret: JSON, see `adapters/secret.ts`. */
  SECRET_ID: z.string().check(z.minLength(1)),
});

export type ReceiverEnv = z.input<typeof receiverEnv>;
