import { expect, test } from 'vitest';
import { chooseStack } from '../../../client/target/stack-target.ts';

const outputs = {
  BucketName: 'music',
  QueueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/q',
  DeadLetterQueueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/d',
  CallbackBaseUrl: 'https://example.com/callbacks/',
  SecretId: 'token-secret',
};
const secrets: Record<string, string> = {
  'token-secret': '{"token":"abcdefghijklmnop"}',
  keys: '{"sunoapi.org":"suno-key"}',
  broken: 'suno-key',
};

const stackWith = (more: Record<string, string | undefined>) =>
  chooseStack({ stack: 'Music', region: 'eu-west-1' }, () => ({
    outputsOf: async () => ({ ...outputs, ...more }),
    secretValue: async (id) => secrets[id] ?? '',
  }));

test('its keys and its callback URL are in its secrets', async () => {
  const target = await stackWith({ ProviderKeysSecretId: 'keys' }).open();

  expect(await target.callbackUrl()).toBe('https://example.com/callbacks/abcdefghijklmnop');
  expect(await target.providerKeys()).toEqual({ 'sunoapi.org': 'suno-key', 'kie.ai': null });
  target.close();
});

test('it may have no keys', async () => {
  const target = await stackWith({}).open();

  expect(await target.providerKeys()).toEqual({ 'sunoapi.org': null, 'kie.ai': null });
  target.close();
});

test('a secret of another form is reported without its content', async () => {
  const target = await stackWith({ ProviderKeysSecretId: 'broken' }).open();

  const error: unknown = await target.providerKeys().catch((thrown) => thrown);

  expect(String(error)).toContain('must be JSON');
  expect(String(error)).not.toContain('suno-key');
  target.close();
});

test.each(['BucketName', 'QueueUrl', 'DeadLetterQueueUrl'])(
  'without its output %s it is another stack',
  async (name) => {
    await expect(stackWith({ [name]: undefined }).open()).rejects.toThrow('`npx cdk deploy` brings it up to date');
  },
);

test('a refusal by AWS is reported with the permissions that the credentials need', () => {
  const denied = Object.assign(new Error('raw'), { name: 'AccessDenied' });

  expect(stackWith({}).adviceOn(denied)).toMatch(/s3:GetObject.*sqs:SendMessage/);
});
