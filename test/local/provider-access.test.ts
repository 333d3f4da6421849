import { expect, test } from 'vitest';
import { providerSettings } from '../../local/provider-access.ts';

test('without a key there is no secret, and no one is asked', () => {
  expect(providerSettings({})).toEqual({ providerKeysSecretId: null, secrets: {}, environment: {} });
  expect(providerSettings({ providerKeys: { 'sunoapi.org': '', 'kie.ai': undefined } })).toEqual(providerSettings({}));
});

test('keys go into a secret of their own, and the archiver gets only its name', () => {
  expect(providerSettings({ providerKeys: { 'kie.ai': 'k-1' } })).toEqual({
    providerKeysSecretId: 'trackkeeper-provider-keys',
    secrets: { 'trackkeeper-provider-keys': '{"kie.ai":"k-1"}' },
    environment: { PROVIDER_KEYS_SECRET_ID: 'trackkeeper-provider-keys' },
  });
});

test('a test’s own provider is asked where it is, and links are confirmed if wanted', () => {
  const providerUrls = { 'sunoapi.org': 'http://127.0.0.1:1', 'kie.ai': 'http://127.0.0.1:2' };

  expect(providerSettings({ providerUrls, confirmWithProvider: true }).environment).toEqual({
    SUNOAPI_URL: 'http://127.0.0.1:1',
    KIE_URL: 'http://127.0.0.1:2',
    CONFIRM_WITH_PROVIDER: 'true',
  });
});
