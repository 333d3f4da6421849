import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const program = join(import.meta.dirname, '../../cli/main.ts');

let data = '';
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'demo-'));
});
afterEach(() => rm(data, { recursive: true }));

async function runDemo(...options: readonly string[]) {
  const run = promisify(execFile)(process.execPath, [program, 'demo', ...options], { timeout: 50_000 });
  return run.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  );
}

describe('npm run demo', () => {
  it('keeps a song, a video and a WAV, and succeeds because every promise held, and prints plain lines without a terminal', async () => {
    const { code, stdout, stderr } = await runDemo('--fast', '--data', data);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('Every promise held.');
    expect(stdout.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    expect(await readdir(join(data, 'trackkeeper'))).toEqual(expect.arrayContaining(['callbacks', 'library', 'tasks']));
  });

  it('refuses a folder that has something in it', async () => {
    await writeFile(join(data, 'mine.txt'), 'mine');

    const { code, stderr } = await runDemo('--data', data);

    expect(code).toBe(1);
    expect(stderr).toContain('is not empty: choose a new folder');
  });

  it('explains itself', async () => {
    const { code, stdout } = await runDemo('--help');

    expect(code).toBe(0);
    expect(stdout).toContain('--data <folder>');
  });

  it('names an option that it does not have, and how to see those that it has', async () => {
    const { code, stderr } = await runDemo('--quick');

    expect(code).toBe(2);
    expect(stderr).toContain('--quick');
    expect(stderr).toContain('npm run demo -- --help');
  });

  it('npm run demo -- --browse opens the listening room on the demo’s bucket, until Ctrl-C', async () => {
    // A group of its own: Ctrl-C in a terminal goes to all processes of the group.
    const run = spawn(process.execPath, [program, 'demo', '--fast', '--browse', '--data', data], { detached: true });
    const ended = once(run, 'exit');
    const interrupt = () => process.kill(-(run.pid ?? Number.NaN), 'SIGINT');
    let printed = '';
    run.stdout.on('data', (chunk) => {
      printed += chunk;
    });

    await expect.poll(() => printed, { timeout: 50_000 }).toMatch(/http:\/\/127\.0\.0\.1:\d+\/\?token=/);
    const [url = ''] = /http:\S+\?token=\S+/.exec(printed) ?? [];
    const door = await fetch(url, { redirect: 'manual' });
    const cookie = door.headers.getSetCookie().join().split(';')[0] ?? '';
    const tasks = await fetch(new URL('/api/tasks?status=failed', url), { headers: { cookie } });
    interrupt();

    expect(await tasks.json()).toMatchObject({ total: 1, rows: [{ attention: { why: 'failed' } }] });
    expect(await ended).toEqual([0, null]);
  });
});
