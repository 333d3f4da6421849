import * as z from 'zod';

const list = z
  .string()
  .default('')
  .transform((text) => text.split(',').filter((entry) => entry !== ''));

/** What the archiver finds in its environment; the stack and the local deployment write it `satisfies ArchiverEnv`. */
export const archiverEnv = z.object({
  /** Which deployment's metrics these are, and events. */
  STACK_NAME: z.string().min(1),
  BUCKET_NAME: z.string().min(3),
  QUEUE_URL: z.url(),
  WAKE_QUEUE_URL: z.url(),
  /** Where events go: the name of a bus of EventBridge. */
  EVENT_BUS_NAME: z.string().min(1).default('default'),
  /** Name or ARN of the secret with the providers' API keys: JSON, see `adapters/provider/keys.ts`. Without it nobody is asked. */
  PROVIDER_KEYS_SECRET_ID: z.string().default(''),
  /** Where the providers' APIs are. */
  SUNOAPI_URL: z.url().default('https://api.sunoapi.org'),
  KIE_URL: z.url().default('https://api.kie.ai'),
  /** Whether only links that the provider itself names are followed. */
  CONFIRM_WITH_PROVIDER: z.stringbool().default(false),
  /** `host:port`, comma-separated: the only exception to P6, for local use; such a source may also use http. */
  ALLOWED_PRIVATE_SOURCES: list,
  /** Hosts that media may come from, with all below them, comma-separated; empty: any public one. */
  ALLOWED_SOURCE_HOSTS: list,
  /** Whether media may also come over http. */
  ALLOW_HTTP_SOURCES: z.stringbool().default(false),
});

export type ArchiverEnv = z.input<typeof archiverEnv>;
