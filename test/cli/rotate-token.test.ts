import { describe, expect, test, vi } from 'vitest';
import { runCommandLine as runCli } from '../../cli/run.ts';
import { newToken } from '../../client/rotation.ts';
import { secretTimes } from '../../functions/adapters/secret.ts';
import { testWorld } from './cli-setup.ts';

const oldToken = 'the-old-token-of-today';
const named = (name: string) => Object.assign(new Error('raw'), { name });

/** An account with one stack, and someone at a terminal. */
function openAccount(secret: string | object) {
  let value = typeof secret === 'string' ? secret : JSON.stringify(secret);
  const written: unknown[] = [];
  const pauses: number[] = [];
  const cloud = {
    outputsOf: async (stack: string) => ({ CallbackBaseUrl: `https://${stack}.example/callbacks/`, SecretId: 's' }),
    secretValue: async (_secretId: string) => value,
    replaceSecret: async (_secretId: string, next: string) => {
      value = next;
      written.push(JSON.parse(next));
    },
  };
  const cloudIn = vi.fn((_region: string | undefined) => cloud);
  const run = async (...args: string[]) => {
    const { world, written: printed } = testWorld({ cloudIn, wait: async (ms) => void pauses.push(ms) });
    const exitCode = await runCli(['rotate-token', ...args], world);
    return { exitCode, out: printed.out.trimEnd(), err: printed.err };
  };
  return { cloud, cloudIn, written, pauses, run };
}

describe('the token is replaced:', () => {
  test('the new one is written, the old one stays valid, and what else is there stays', async () => {
    const { run, written } = openAccount({ token: oldToken, kieWebhookKey: 'k', previousToken: null, mine: [1] });

    const { exitCode, out } = await run('--stack', 'music');

    const token = expect.stringMatching(/^[A-Za-z0-9]{48}$/);
    expect(written).toEqual([{ token, previousToken: oldToken, kieWebhookKey: 'k', mine: [1] }]);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^https:\/\/music\.example\/callbacks\/[A-Za-z0-9]{48}$/);
    expect(written).toMatchObject([{ token: out.split('/').at(-1) }]);
  });

  test('F14: the new URL is printed only when every running receiver accepts it', async () => {
    const { run, pauses } = openAccount({ token: oldToken });

    await run();

    expect(pauses).toHaveLength(1);
    expect(pauses[0]).toBeGreaterThanOrEqual(2 * secretTimes.againMs);
  });

  test('only the URL is printed; how and when to end the old one goes to standard error', async () => {
    const { run } = openAccount({ token: oldToken });

    const { err } = await run('--stack', 'music', '--region', 'eu-west-1');

    expect(err).toMatch(/no task .* is open.*--end --stack music --region eu-west-1/s);
    expect(err).not.toMatch(/[A-Za-z0-9]{48}|the-old-token/);
  });

  test('a secret whose token no URL should have is repaired by it', async () => {
    const { run, written } = openAccount({ token: 'short' });

    expect(await run()).toMatchObject({ exitCode: 0 });
    expect(written).toMatchObject([{ previousToken: 'short' }]);
  });

  test('new tokens are never the same', () => {
    const tokens = new Set(Array.from({ length: 100 }, newToken));

    expect(tokens.size).toBe(100);
    expect(new Set([...tokens].join('')).size).toBe(62);
  });
});

describe('while an older token is still accepted,', () => {
  const both = { token: oldToken, previousToken: 'an-older-token-still' };

  test('nothing is changed, and the error says what to do', async () => {
    const { run, written } = openAccount(both);

    const { exitCode, out, err } = await run('--stack', 'music');

    expect([exitCode, out, written]).toEqual([1, '', []]);
    expect(err).toMatch(/trackkeeper url --stack music.*--end --stack music.*--force/s);
    expect(err).not.toMatch(/the-old-token|an-older-token/);
  });

  test('--force gives it up', async () => {
    const { run, written } = openAccount(both);

    expect(await run('--force')).toMatchObject({ exitCode: 0 });
    expect(written).toMatchObject([{ previousToken: oldToken }]);
  });

  test('--end takes it out, and nothing else; a second time there is nothing to do', async () => {
    const { run, written, pauses } = openAccount({ ...both, kieWebhookKey: 'k' });

    const first = await run('--end');
    const second = await run('--end');

    expect(first).toMatchObject({
      exitCode: 0,
      out: expect.stringContaining(`${secretTimes.keptMs / 60_000} minutes`),
    });
    expect(second).toMatchObject({ exitCode: 0, out: expect.stringContaining('nothing to end') });
    expect(written).toEqual([{ token: oldToken, kieWebhookKey: 'k' }]);
    expect(pauses).toEqual([]);
  });
});

test.each([['--help'], ['-h']])('%s explains the command and asks nothing of AWS', async (flag) => {
  const { run, cloudIn } = openAccount({ token: oldToken });

  expect(await run(flag)).toMatchObject({ exitCode: 0, out: expect.stringContaining('--end') });
  expect(cloudIn).not.toHaveBeenCalled();
});

test.each([[['--stak', 'x']], [['--stack']], [['music']], [['--end', '--force']], [['--local']]])(
  '%j is refused with what to do, and changes nothing',
  async (args) => {
    const { run, cloudIn } = openAccount({ token: oldToken });

    expect(await run(...args)).toMatchObject({
      exitCode: 2,
      out: '',
      err: expect.stringMatching(/--help lists|leave out --local/),
    });
    expect(cloudIn).not.toHaveBeenCalled();
  },
);

test('it looks for the stack in the given region', async () => {
  const { run, cloudIn } = openAccount({ token: oldToken });

  await run('--region', 'eu-west-1');

  expect(cloudIn).toHaveBeenCalledWith('eu-west-1');
});

test.each([
  ['', []],
  ['hush-hush', []],
  ['{"tokens":"hush-hush"}', []],
  ['["hush-hush"]', ['--end']],
  ['{"token":""}', ['--end']],
])('a secret that is %j is not touched, and not repeated: %j', async (secret, args) => {
  const { run, written } = openAccount(secret);

  const { exitCode, err } = await run(...args);

  expect([exitCode, written]).toEqual([1, []]);
  expect(err).toMatch(/secret s must be JSON with a "token"/);
  expect(err).not.toContain('hush');
});

test('credentials without write permission get a list of the permissions needed', async () => {
  const { run, cloud } = openAccount({ token: oldToken });
  cloud.replaceSecret = () => Promise.reject(named('AccessDeniedException'));

  expect(await run()).toMatchObject({ exitCode: 1, err: expect.stringContaining('secretsmanager:PutSecretValue') });
});

test('if the new URL cannot be read, the command that prints it is named', async () => {
  const { run, cloud } = openAccount({ token: oldToken });
  const read = cloud.secretValue;
  cloud.secretValue = vi.fn().mockImplementationOnce(read).mockRejectedValue(named('TimeoutError'));

  const { exitCode, err } = await run();

  expect(exitCode).toBe(1);
  expect(err).toMatch(/trackkeeper url --stack .*\nAWS cannot be reached/);
});
