import { expect, test } from 'vitest';
import { adviceOn } from '../../client/aws-advice.ts';

const question = { stack: 'Music', region: 'eu-west-1' };
const named = (name: string, message = 'raw') => Object.assign(new Error(message), { name });
const coded = (code: string) => Object.assign(new Error('raw'), { code });

test.each([
  [named('CredentialsProviderError'), /no AWS credentials.*aws sso login/],
  [named('ExpiredToken'), /have expired/],
  [named('ExpiredTokenException'), /have expired/],
  [named('InvalidClientTokenId'), /does not know these credentials/],
  [named('UnrecognizedClientException'), /does not know these credentials/],
  [named('AccessDenied'), /cloudformation:DescribeStacks/],
  [named('AccessDeniedException'), /secretsmanager:GetSecretValue/],
  [named('ValidationError'), /no stack Music in eu-west-1.*cdk deploy/],
  [named('ResourceNotFoundException'), /secret of stack Music is gone/],
  [named('InvalidRequestException'), /restore-secret/],
  [named('NoSuchBucket'), /bucket of stack Music is gone/],
  [named('QueueDoesNotExist'), /queue of stack Music is gone/],
  [named('TimeoutError'), /cannot be reached/],
  [coded('ENOTFOUND'), /cannot be reached/],
  [coded('ECONNREFUSED'), /cannot be reached/],
  [new Error('Region is missing'), /--region/],
])('%s is answered with what to do', (error, advice) => {
  expect(adviceOn(error, question)).toMatch(advice);
});

test('what credentials must allow is what the command needs', () => {
  const advice = adviceOn(named('AccessDenied'), { ...question, needs: 's3:GetObject' });

  expect(advice).toMatch(/it takes s3:GetObject\.$/);
});

test.each([
  [named('Surprise', 'what AWS said'), 'what AWS said'],
  ['a thrown text', 'a thrown text'],
])('%s, which is unexpected, is shown as it is', (error, told) => {
  expect(adviceOn(error, question)).toBe(told);
});
