import * as z from 'zod';

/** What the archiver finds in its environment; the stack and the local deployment write it `satisfies ArchiverEnv`. */
export const archiverEnv = z.object({
  BUCKET_NAME: z.string().min(3),
  QUEUE_URL: z.url(),
  /** `host:port`, comma-separated: the only exception to P6, for local use; such a source may also use http. */
  ALLOWED_PRIVATE_SOURCES: z
    .string()
    .default('')
    .transform((list) => list.split(',').filter((entry) => entry !== '')),
});

export type ArchiverEnv = z.input<typeof archiverEnv>;
