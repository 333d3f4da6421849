// How providers are asked: by the owner's API keys, in a secret of their own as in the stack.

import type { ArchiverEnv } from '../../functions/archiver/env.ts';

type PerProvider = { readonly 'sunoapi.org'?: string; readonly 'kie.ai'?: string };

export type ProviderAccess = {
  /** The owner's API keys; without any, nobody is asked. */
  providerKeys?: PerProvider;
  /** Where the providers' APIs are, if not on the internet. */
  providerUrls?: PerProvider;
  /** Whether only links that the provider itself names are followed. */
  confirmWithProvider?: boolean;
};

const secretId = 'trackkeeper-provider-keys';

/** What of it is a secret, and what the archiver finds in its environment. */
export function providerSettings({ providerKeys = {}, providerUrls = {}, confirmWithProvider }: ProviderAccess) {
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
      ...(confirmWithProvider && { CONFIRM_WITH_PROVIDER: 'true' }),
    } satisfies Partial<ArchiverEnv>,
  };
}
