import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { expect, test } from 'vitest';
import { readConfig, settings } from '../../infra/config.ts';

const keyId = '0f5a3b1c-1111-4222-8333-944444444444';
const keyArn = `arn:aws:kms:eu-west-1:123456789012:key/${keyId}`;
const read = (key: string, value: unknown) => readConfig({ [`trackkeeper:${key}`]: value });

test('nothing has to be configured', () => {
  expect(readConfig({})).toEqual({
    ok: true,
    value: {
      stackName: 'Trackkeeper',
      throttleRate: 50,
      throttleBurst: 100,
      urlVersion: 1,
      accessLog: false,
      archiverConcurrency: 10,
      archiverMemoryMb: 1024,
      wakeConcurrency: 10,
      confirmWithProvider: false,
      allowHttpSources: false,
      intelligentTiering: false,
      versioned: false,
      notifyEventBridge: false,
      dashboard: true,
      logRetentionDays: 30,
    },
  });
});

test.each([
  ['stackName', 'A', 'A'],
  ['stackName', `a${'-'.repeat(127)}`, `a${'-'.repeat(127)}`],
  ['bucketName', 'abc', 'abc'],
  ['bucketName', 'a'.repeat(63), 'a'.repeat(63)],
  ['existingBucketName', 'music-2026', 'music-2026'],
  ['kmsKeyArn', keyArn, keyArn],
  [
    'kmsKeyArn',
    'arn:aws-cn:kms:cn-north-1:123456789012:key/mrk-1a2b3c4d5e6f70819293a4b5c6d7e8f9',
    'arn:aws-cn:kms:cn-north-1:123456789012:key/mrk-1a2b3c4d5e6f70819293a4b5c6d7e8f9',
  ],
  ['intelligentTiering', 'true', true],
  ['versioned', true, true],
  ['callbacksExpireAfterDays', '30', 30],
  ['callbacksExpireAfterDays', 3_650, 3_650],
  ['notifyEventBridge', 'true', true],
  ['existingSecretName', 'music/callback_1', 'music/callback_1'],
  ['providerKeysSecretName', 'music/keys@2', 'music/keys@2'],
  ['confirmWithProvider', 'false', false],
  ['throttleRate', 1, 1],
  ['throttleRate', '10000', 10_000],
  ['throttleBurst', 5_000, 5_000],
  ['archiverConcurrency', '2', 2],
  ['archiverConcurrency', 1_000, 1_000],
  ['wakeConcurrency', '2', 2],
  ['wakeConcurrency', 1_000, 1_000],
  ['archiverMemoryMb', '512', 512],
  ['archiverMemoryMb', 10_240, 10_240],
  ['allowedSourceHosts', 'suno.ai', 'suno.ai'],
  ['allowedSourceHosts', 'cdn1.suno.ai,xn--mnchen-3ya.example', 'cdn1.suno.ai,xn--mnchen-3ya.example'],
  ['allowHttpSources', 'true', true],
  ['allowHttpSources', 'false', false],
  ['allowHttpSources', true, true],
  ['forwardTo', 'https://example.com', 'https://example.com'],
  [
    'forwardTo',
    'https://Music.example.com:8443/a/b%20c?for=me&n=1',
    'https://Music.example.com:8443/a/b%20c?for=me&n=1',
  ],
  ['forwardTo', `https://xn--mnchen-3ya.example/${'a'.repeat(2_017)}`, expect.stringMatching(/^.{2048}$/)],
  ['alarmEmail', 'me@example.com', 'me@example.com'],
  ['quietAfterDays', '1', 1],
  ['quietAfterDays', 7, 7],
  ['dashboard', 'false', false],
  ['logRetentionDays', '1', 1],
  ['logRetentionDays', 3_653, 3_653],
])('%s may be %j', (key, value, expected) => {
  expect(read(key, value)).toMatchObject({ ok: true, value: { [key]: expected } });
});

test.each([
  ['stackName', '', 'a letter, then'],
  ['stackName', '1st', 'a letter, then'],
  ['stackName', 'my stack', 'a letter, then'],
  ['stackName', 'a'.repeat(129), 'a letter, then'],
  ['bucketName', 'ab', '3 to 63 lower-case'],
  ['bucketName', 'a'.repeat(64), '3 to 63 lower-case'],
  ['bucketName', 'Music', '3 to 63 lower-case'],
  ['bucketName', 'my.music', '3 to 63 lower-case'],
  ['bucketName', 'music-', '3 to 63 lower-case'],
  ['kmsKeyArn', keyId, 'the ARN of a key in KMS'],
  ['kmsKeyArn', 'arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d', 'the ARN of a key in KMS'],
  ['kmsKeyArn', 'arn:aws:kms:eu-west-1:123456789012:alias/music', 'not that of an alias'],
  ['intelligentTiering', 'yes', 'true or false'],
  ['versioned', '', 'true or false'],
  ['notifyEventBridge', 1, 'true or false'],
  ['callbacksExpireAfterDays', 29, 'a whole number from 30 to 3650'],
  ['existingSecretName', 'arn:aws:secretsmanager:eu-west-1:1:secret:x', 'not its ARN'],
  ['providerKeysSecretName', 'arn:aws:secretsmanager:eu-west-1:1:secret:x', 'not its ARN'],
  ['confirmWithProvider', 'yes', 'true or false'],
  ['throttleRate', 0, 'a whole number from 1 to 10000'],
  ['throttleRate', 10_001, 'a whole number from 1 to 10000'],
  ['throttleRate', 1.5, 'a whole number from 1 to 10000'],
  ['throttleRate', '', 'a whole number from 1 to 10000'],
  ['throttleRate', 'many', 'a whole number from 1 to 10000'],
  ['throttleRate', true, 'a whole number from 1 to 10000'],
  ['throttleRate', null, 'a whole number from 1 to 10000'],
  ['throttleBurst', '5001', 'a whole number from 1 to 5000'],
  ['archiverConcurrency', '1', 'a whole number from 2 to 1000'],
  ['wakeConcurrency', '1', 'a whole number from 2 to 1000'],
  ['archiverMemoryMb', 511, 'a whole number from 512 to 10240'],
  ['allowedSourceHosts', '', 'host names in lower case'],
  ['allowedSourceHosts', 'suno.ai, kie.ai', 'host names in lower case'],
  ['allowedSourceHosts', 'https://suno.ai', 'host names in lower case'],
  ['allowedSourceHosts', '*.suno.ai', 'host names in lower case'],
  ['allowHttpSources', 'yes', 'true or false'],
  ['forwardTo', '', 'an https URL'],
  ['forwardTo', 'http://music.example.com/', 'an https URL'],
  ['forwardTo', 'music.example.com', 'an https URL'],
  ['forwardTo', 'https://me:secret@music.example.com/', 'without .* a password'],
  ['forwardTo', 'https://me@music.example.com/', 'without .* a password'],
  ['forwardTo', 'https://music.example.com/#top', 'a fragment'],
  ['forwardTo', 'https://music.example.com\\@inside/', 'an https URL'],
  ['forwardTo', 'https://music.example.com/ /', 'without spaces'],
  ['forwardTo', ' https://music.example.com/', 'without spaces'],
  ['forwardTo', 'https://localhost/', 'a public host'],
  ['forwardTo', 'https://intranet/', 'a public host'],
  ['forwardTo', 'https://api.localhost/', 'a public host'],
  ['forwardTo', 'https://nas.local/', 'a public host'],
  ['forwardTo', 'https://metadata.google.internal/', 'a public host'],
  ['forwardTo', 'https://10.0.0.1/', 'a public host'],
  ['forwardTo', 'https://0x7f.1/', 'a public host'],
  ['forwardTo', 'https://[::1]/', 'a public host'],
  ['forwardTo', 'https://music.example.com:99999/', 'an https URL'],
  ['forwardTo', `https://xn--mnchen-3ya.example/${'a'.repeat(2_018)}`, 'an https URL'],
  ['forwardTo', 7, 'an https URL'],
  ['alarmEmail', 'me', 'one e-mail address'],
  ['alarmEmail', 'me@localhost', 'one e-mail address'],
  ['alarmEmail', 'Me <me@example.com>', 'one e-mail address'],
  ['alarmEmail', 'me@example.com,you@example.com', 'one e-mail address'],
  ['quietAfterDays', 0, 'a whole number from 1 to 7'],
  ['quietAfterDays', 8, 'a whole number from 1 to 7'],
  ['dashboard', 'no', 'true or false'],
  ['logRetentionDays', 31, 'one of 1, 3, 5'],
  ['logRetentionDays', 9_999, 'one of 1, 3, 5'],
])('%s may not be %j, and the refusal says what is expected', (key, value, expected) => {
  expect(read(key, value)).toEqual({
    ok: false,
    problems: [expect.stringMatching(new RegExp(`trackkeeper:${key}: expected .*${expected}`))],
  });
  expect(read(key, value)).toEqual({ ok: false, problems: [expect.stringContaining(`got ${JSON.stringify(value)}.`)] });
});

test.each([
  ['trackkeeper:logRetention', 'trackkeeper:logRetentionDays'],
  ['trackkeeper:stackname', 'trackkeeper:stackName'],
  ['trackeeper:stackName', 'trackkeeper:stackName'],
  ['Trackkeeper:bucketName', 'trackkeeper:bucketName'],
  ['trackkeeper.bucketName', 'trackkeeper:bucketName'],
  ['bucketName', 'trackkeeper:bucketName'],
  ['throttlerate', 'trackkeeper:throttleRate'],
])('%s is refused, and the key that was meant is named', (key, meant) => {
  expect(readConfig({ [key]: 'x' })).toEqual({
    ok: false,
    problems: [`  ${key}: there is no such key. Did you mean ${meant}?`],
  });
});

test('a key that resembles none is refused with the list of those there are', () => {
  const result = read('colourOfTheBicycleShed', 'green');

  expect(result).toEqual({
    ok: false,
    problems: [expect.stringContaining(Object.keys(settings).join(', trackkeeper:'))],
  });
});

test.each([
  '@aws-cdk/core:checkSecretUsage',
  'aws:cdk:bundling-stacks',
  'aws:cdk:enable-path-metadata',
  'cli-telemetry',
  'acknowledged-issue-numbers',
  'availability-zones:account=123456789012:region=eu-west-1',
  'someone-else:setting',
])('%s is none of our business', (key) => {
  expect(readConfig({ [key]: 'x' }).ok).toBe(true);
});

test('a bucket is created or taken over, not both', () => {
  const context = { 'trackkeeper:bucketName': 'new-one', 'trackkeeper:existingBucketName': 'old-one' };

  expect(readConfig(context)).toEqual({
    ok: false,
    problems: ['  trackkeeper:existingBucketName: expected either this or bucketName, not both; got "old-one".'],
  });
});

test.each([
  ['intelligentTiering', true],
  ['versioned', 'true'],
  ['oldVersionsExpireAfterDays', 30],
  ['callbacksExpireAfterDays', '90'],
  ['notifyEventBridge', true],
])('%s is refused beside a bucket that the stack does not make, and the refusal says why', (key, value) => {
  const context = { 'trackkeeper:existingBucketName': 'old-one', [`trackkeeper:${key}`]: value };

  expect(readConfig(context)).toEqual({
    ok: false,
    problems: [
      `  trackkeeper:${key}: expected it to be left out beside trackkeeper:existingBucketName: a bucket that this stack ` +
        'does not make keeps the settings that it has, those of an earlier stack too, and they are yours to change; ' +
        `got ${JSON.stringify(value)}.`,
    ],
  });
});

test.each([
  ['kmsKeyArn', keyArn],
  ['versioned', 'false'],
])('%s may be %j beside a bucket that the stack does not make', (key, value) => {
  expect(readConfig({ 'trackkeeper:existingBucketName': 'old-one', [`trackkeeper:${key}`]: value }).ok).toBe(true);
});

test('old versions expire only where there are any', () => {
  const expiring = { 'trackkeeper:oldVersionsExpireAfterDays': 30 };

  expect(readConfig(expiring)).toEqual({
    ok: false,
    problems: [
      '  trackkeeper:oldVersionsExpireAfterDays: expected it to be left out as long as trackkeeper:versioned is not true, ' +
        'for there are no old versions then; got 30.',
    ],
  });
  expect(readConfig({ ...expiring, 'trackkeeper:versioned': true }).ok).toBe(true);
  expect(readConfig({ 'trackkeeper:oldVersionsExpireAfterDays': 0, 'trackkeeper:versioned': true })).toEqual({
    ok: false,
    problems: [expect.stringContaining('a whole number from 1 to 3650; got 0.')],
  });
});

test('links are confirmed only with a key to ask with', () => {
  const confirming = { 'trackkeeper:confirmWithProvider': 'true' };

  expect(readConfig(confirming)).toEqual({
    ok: false,
    problems: [
      '  trackkeeper:confirmWithProvider: expected false as long as trackkeeper:providerKeysSecretName is not set, ' +
        'for a provider is asked with your key to it; got "true".',
    ],
  });
  expect(readConfig({ ...confirming, 'trackkeeper:providerKeysSecretName': 'music/keys' }).ok).toBe(true);
});

test('all errors are reported together', () => {
  const context = { 'trackkeeper:throttleRate': 0, 'trackkeeper:logRetentionDays': 2, 'trackkeeper:x': 1 };

  expect(readConfig(context)).toEqual({
    ok: false,
    problems: [expect.any(String), expect.any(String), expect.any(String)],
  });
});

test('logs may be kept for as long as CloudWatch offers, but not forever', () => {
  const offered = Object.values(RetentionDays).filter((days) => typeof days === 'number');
  const allowed = offered.filter((days) => read('logRetentionDays', days).ok);

  expect(offered.filter((days) => !allowed.includes(days))).toEqual([RetentionDays.INFINITE]);
});

test.each(Object.entries(settings))('%s is described for the README', (_key, setting) => {
  expect(setting.description).toMatch(/\.$/);
});
