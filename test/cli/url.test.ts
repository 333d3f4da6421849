import { expect, test, vi } from 'vitest';
import { runCommandLine } from '../../cli/run.ts';
import { setUpCli, testWorld } from './cli-setup.ts';

const cloud = {
  outputsOf: async (stackName: string) => ({
    CallbackBaseUrl: `https://${stackName}.example/callbacks/`,
    SecretId: 's',
  }),
  secretValue: async () => '{"token":"abcdefghijklmnop"}',
  replaceSecret: async () => {},
};

async function url(args: readonly string[], account: typeof cloud = cloud) {
  const cloudIn = vi.fn((_region: string | undefined) => account);
  const { world, written } = testWorld({ cloudIn });
  const exitCode = await runCommandLine(['url', ...args], world);
  return { exitCode, ...written, cloudIn };
}

test('prints the callback URL and nothing else', async () => {
  expect(await url(['--stack', 'music'])).toMatchObject({
    exitCode: 0,
    out: 'https://music.example/callbacks/abcdefghijklmnop\n',
    err: '',
  });
});

test('looks for the stack by its default name, where the AWS configuration says', async () => {
  const { out, cloudIn } = await url([]);

  expect(out).toMatch(/^https:\/\/trackkeeper\./i);
  expect(cloudIn).toHaveBeenCalledWith(undefined);
});

test('looks in the region that was given', async () => {
  const { cloudIn } = await url(['--region', 'eu-west-1']);

  expect(cloudIn).toHaveBeenCalledWith('eu-west-1');
});

test('prints the URL as JSON if asked to', async () => {
  const { out } = await url(['--stack', 'music', '--json']);

  expect(JSON.parse(out)).toEqual({ url: 'https://music.example/callbacks/abcdefghijklmnop' });
});

test('prints the URL of the local deployment that is chosen', async () => {
  const { cli } = await setUpCli();

  expect(await cli('url')).toMatchObject({
    exitCode: 0,
    out: 'http://127.0.0.1:8787/callbacks/a-token-of-some-length\n',
  });
});

test.each([['--help'], ['-h']])('%s explains the command and asks nothing of AWS', async (flag) => {
  const { exitCode, out, cloudIn } = await url([flag]);

  expect(exitCode).toBe(0);
  expect(out).toContain('--stack');
  expect(cloudIn).not.toHaveBeenCalled();
});

test.each([[['--stak', 'x']], [['--stack']], [['music']]])('%j is refused with what to do', async (args) => {
  const { exitCode, out, err } = await url(args);

  expect([exitCode, out]).toEqual([2, '']);
  expect(err).toContain('--help lists');
});

test('a refusal of AWS is explained, and not printed as a URL', async () => {
  const refusing = {
    ...cloud,
    outputsOf: () => Promise.reject(Object.assign(new Error('raw'), { name: 'CredentialsProviderError' })),
  };

  expect(await url([], refusing)).toMatchObject({
    exitCode: 1,
    out: '',
    err: expect.stringContaining('aws sso login'),
  });
});
