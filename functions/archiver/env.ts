import * as z from 'zod';

const list = z
  .string()
  .default('')
  .transform((text) => text.split(',').filter((entry) => entry !== ''));

/** The archiver's environment variables; the stack and the local deployment write them `satisfies ArchiverEnv`. */
export const archiverEnv = z.object({
  /** Names the deployment in metrics and events. */
  STACK_NAME: z.string().min(1),
  BUCKET_NAME: z.string().min(3),
  QUEUE_URL: z.url(),
  WAKE_QUEUE_URL: z.url(),
  /** The EventBridge bus for events. */
  EVENT_BUS_NAME: z.string().min(1).default('default'),
  /**
   * Name or ARN of the secret with the providers' API keys: JSON, see `adapters/provider/keys.ts`. Without it, no
   * provider is polled.
   */
  PROVIDER_KEYS_SECRET_ID: z.string().default(''),
  /** Base URLs of the providers' APIs. */
  SUNOAPI_URL: z.url().default('https://api.sunoapi.org'),
  KIE_URL: z.url().default('https://api.kie.ai'),
  /** The host that serves Suno's tracks by their ids; see allowed-sources.ts. */
  LAST_RESORT_URL: z.url().default('https://cdn1.suno.ai'),
  /** Follow only links that the provider itself confirmed. */
  CONFIRM_WITH_PROVIDER: z.stringbool().default(false),
  /** `host:port`, comma-separated: the only exception to P6, for local use. These sources may also use http. */
  ALLOWED_PRIVATE_SOURCES: list,
  /** Hosts allowed as sources, with their subdomains, comma-separated; empty: any public host. */
  ALLOWED_SOURCE_HOSTS: list,
  /** Allow http for all sources. */
  ALLOW_HTTP_SOURCES: z.stringbool().default(false),
});

export type ArchiverEnv = z.input<typeof archiverEnv>;
