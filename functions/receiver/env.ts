import * as z from 'zod';

/** What the receiver finds in its environment; the stack and the local deployment write it `satisfies ReceiverEnv`. */
export const receiverEnv = z.object({
  QUEUE_URL: z.url(),
  /** Name or ARN of the Secrets Manager secret: JSON, see `adapters/secret.ts`. */
  SECRET_ID: z.string().min(1),
});

export type ReceiverEnv = z.input<typeof receiverEnv>;
