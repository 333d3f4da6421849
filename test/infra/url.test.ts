import { expect, test, vi } from 'vitest';
import { answer } from '../../infra/url.ts';

const cloud = {
  outputsOf: async (stackName: string) => ({
    CallbackBaseUrl: `https://${stackName}.example/callbacks/`,
    SecretId: 's',
  }),
  secretValue: async () => '{"token":"abcdefghijklmnop"}',
};

test('prints the callback URL and nothing else', async () => {
  expect(await answer(['--stack', 'music'], () => cloud)).toEqual({
    exitCode: 0,
    out: 'https://music.example/callbacks/abcdefghijklmnop',
  });
});

test('looks for the stack by its default name, where the AWS configuration says', async () => {
  const cloudIn = vi.fn(() => cloud);

  const { out } = await answer([], cloudIn);

  expect(out).toMatch(/^https:\/\/trackkeeper\./i);
  expect(cloudIn).toHaveBeenCalledWith(undefined);
});

test('looks in the region it is told', async () => {
  const cloudIn = vi.fn(() => cloud);

  await answer(['--region', 'eu-west-1'], cloudIn);

  expect(cloudIn).toHaveBeenCalledWith('eu-west-1');
});

test.each([['--help'], ['-h']])('%s explains the command and asks nothing of AWS', async (flag) => {
  const cloudIn = vi.fn(() => cloud);

  const { exitCode, out } = await answer([flag], cloudIn);

  expect(exitCode).toBe(0);
  expect(out).toContain('--stack');
  expect(cloudIn).not.toHaveBeenCalled();
});

test.each([[['--stak', 'x']], [['--stack']], [['music']]])(
  '%j is not understood, and the help is shown',
  async (args) => {
    const { exitCode, out, error } = await answer(args, () => cloud);

    expect(exitCode).toBe(2);
    expect(out).toBeUndefined();
    expect(error).toContain('--region');
  },
);

test('what AWS refuses is told with what to do, not printed as a URL', async () => {
  const refusing = {
    ...cloud,
    outputsOf: () => Promise.reject(Object.assign(new Error('raw'), { name: 'CredentialsProviderError' })),
  };

  expect(await answer([], () => refusing)).toEqual({ exitCode: 1, error: expect.stringContaining('aws sso login') });
});
