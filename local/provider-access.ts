// The settings for polling providers: the owner's API keys are in a secret of their own, as in the stack.

import type { ArchiverEnv } from '../functions/archiver/env.ts';

type PerProvider = { readonly 'sunoapi.org'?: string; readonly 'kie.ai'?: string };

export type ProviderAccess = {
  /** The owner's API keys; without a key a provider is not polled. */
  providerKeys?: PerProvider;
  /** The base URLs of the providers' APIs, if not the public ones. */
  providerUrls?: PerProvider;
  /** The host of Suno's tracks by their ids, if not the public one. */
  lastResortUrl?: string;
  /** Follow only links that the provider confirms when polled. */
  confirmWithProvider?: boolean;
};

const secretId = 'trackkeeper-provider-keys';

/** Splits the settings into the secret and the archiver's environment. */
export function providerSettings({
  providerKeys = {},
  providerUrls = {},
  lastResortUrl,
  confirmWithProvider,
}: ProviderAccess) {
  const keys = Object.entries(providerKeys).filter(([, key]) => key !== '' && key !== undefined);
  const hasKeys = keys.length > 0;
  const secrets: Record<string, string> = hasKeys ? { [secretId]: JSON.stringify(Object.fromEntries(keys)) } : {};
  const { 'sunoapi.org': sunoapiUrl, 'kie.ai': kieUrl } = providerUrls;
  return {
    providerKeysSecretId: hasKeys ? secretId : null,
    secrets,
    environment: {
      ...(hasKeys && { PROVIDER_KEYS_SECRET_ID: secretId }),
      ...(sunoapiUrl !== undefined && { SUNOAPI_URL: sunoapiUrl }),
      ...(kieUrl !== undefined && { KIE_URL: kieUrl }),
      ...(lastResortUrl !== undefined && { LAST_RESORT_URL: lastResortUrl }),
      ...(confirmWithProvider && { CONFIRM_WITH_PROVIDER: 'true' }),
    } satisfies Partial<ArchiverEnv>,
  };
}
