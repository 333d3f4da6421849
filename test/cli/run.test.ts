import { describe, expect, test } from 'vitest';
import { runCommandLine } from '../../cli/run.ts';
import { setUpCli, testWorld } from './cli-setup.ts';
import { recordOf, trackOf } from './records.ts';

async function cli(...args: string[]) {
  const { world, written } = testWorld();
  const exitCode = await runCommandLine(args, world);
  return { exitCode, ...written };
}

const onTarget = [
  'status',
  'expect',
  'retry',
  'dismiss',
  'heal',
  'replay',
  'redrive',
  'export',
  'verify',
  'doctor',
  'recover',
  'url',
];
const commands = [...onTarget, 'browse', 'rotate-token', 'start', 'demo'];

describe('help', () => {
  test('names every command and says what exit codes mean', async () => {
    const { exitCode, out, err } = await cli('--help');

    expect([exitCode, err]).toEqual([0, '']);
    for (const command of commands) expect(out).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
    expect(out).toContain('Exit codes: 0 done, 1 something is wrong, 2 the command was not understood.');
  });

  test.each(onTarget)('of %s says how to choose the target and that there is JSON', async (command) => {
    const { exitCode, out } = await cli(command, '--help');

    expect(exitCode).toBe(0);
    expect(out).toContain(`Usage: trackkeeper ${command}`);
    for (const option of ['--stack', '--region', '--local', '--json']) expect(out).toContain(option);
  });
});

test('the help of start shows each option with its default, and the environment; nothing of other deployments', async () => {
  const { exitCode, out } = await cli('start', '--help');

  expect(exitCode).toBe(0);
  for (const text of ['(default: "8787")', '(default: "./.local")', 'SUNOAPI_KEY', 'FORWARD_KEY']) {
    expect(out).toContain(text);
  }
  expect(out).not.toContain('--stack');
});

describe('what is not understood', () => {
  test.each([
    [['start', '--prot', '1'], /unknown option '--prot'.*Did you mean --port.*npm start -- --help/s],
    [['start', '8787'], /too many arguments.*npm start -- --port 8787/s],
    [['start', '--token'], /argument missing.*npm start -- --help/s],
    [['start', '--port', '-1'], /--port -1 is not a port: give a number/],
    [['start', '--local'], /'start' takes no --local: it starts a deployment of its own/],
    [['demo', '--stack', 'Music'], /'demo' takes no --stack/],
    [['rotate'], /unknown command 'rotate'/],
    [['stats'], /unknown command 'stats'.*Did you mean status/s],
    [['status', '--jsno'], /unknown option '--jsno'/],
    [['status', 'one', 'two'], /too many arguments/],
    [['dismiss'], /missing required argument 'taskId'/],
    [['retry'], /Say which task: retry <taskId>, or --all/],
    [['export', 'one'], /missing required argument 'folder'/],
    [['expect', 'sunoapi.org'], /expect <provider> <kind> <taskId>, or --csv/],
    [['expect', 'suno', 'music', 'one'], /provider must be sunoapi.org or kie.ai, and is "suno"/],
    [['expect', 'kie.ai', 'song', 'one'], /kind must be one of music, .*, and is "song"/],
    [['expect', 'kie.ai', 'music', ' '], /taskId must be/],
    [['replay'], /--task <taskId>, --since <date> or --unrecognised/],
    [['replay', '--since', 'yesterday'], /--since yesterday is no date/],
    [['replay', '--task', 'a', '--since', '1h'], /cannot be used with/],
    [['verify', '--since', '2026-13-01'], /is no date/],
    [['recover', 'one'], /costs credits.*--spend-credits/s],
    [['status', '--local', '--stack', 'Music'], /Either --local, or --stack/],
  ])('%j ends with 2 and says what is', async (args, message) => {
    const { exitCode, out, err } = await cli(...args);

    expect([exitCode, out]).toEqual([2, '']);
    expect(err).toMatch(message);
  });

  test('no command at all shows the help', async () => {
    const { exitCode, err } = await cli();

    expect(exitCode).toBe(2);
    expect(err).toContain('Usage: trackkeeper');
  });

  test('with --json the error is JSON too', async () => {
    const { exitCode, out } = await cli('replay', '--json');

    expect(exitCode).toBe(2);
    expect(JSON.parse(out)).toEqual({ error: expect.stringContaining('Say which callbacks') });
  });
});

describe('what reaches the terminal', () => {
  const hostile = 'a\u001b[2Jb\r\n\u202ec\u009b1md';

  test('no title contains control characters or starts a new line', async () => {
    const { cli, putRecord } = await setUpCli();
    await putRecord(recordOf({ taskId: 't-1', status: 'archiving', tracks: [trackOf('one', hostile)] }));

    const overview = await cli('status');
    const detail = await cli('status', 't-1');

    for (const { out } of [overview, detail]) {
      expect(out).toContain('a[2Jbc1md');
      expect(out.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });

  test('nor through JSON, which still says what the title is', async () => {
    const { cli, putRecord } = await setUpCli();
    await putRecord(recordOf({ taskId: 't-1', tracks: [trackOf('one', hostile)] }));

    const { out } = await cli('status', 't-1', '--json');

    expect(out.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(JSON.parse(out).record.tracks[0].title).toBe(hostile);
  });

  test('the deployment is named on standard error, not in the output', async () => {
    const { cli, data } = await setUpCli();

    const { out, err } = await cli('status', '--json');

    expect(err).toMatch(/^On the local deployment in .*\n$/);
    expect(err).toContain(data.split('/').at(-1));
    expect(JSON.parse(out)).toMatchObject({ tasks: { archived: 0 } });
  });
});
