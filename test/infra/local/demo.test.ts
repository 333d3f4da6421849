import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const demo = join(import.meta.dirname, '../../../infra/local/demo.ts');

let data = '';
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'demo-'));
});
afterEach(() => rm(data, { recursive: true }));

async function runDemo(...options: readonly string[]) {
  const run = promisify(execFile)(process.execPath, [demo, ...options], { timeout: 50_000 });
  return run.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  );
}

describe('npm run demo', () => {
  it('keeps a song, a video and a WAV, and ends well because every promise held, in plain lines where nobody watches', async () => {
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

  it('names an option that it does not have, and shows those that it has', async () => {
    const { code, stderr } = await runDemo('--quick');

    expect(code).toBe(2);
    expect(stderr).toContain('--quick');
    expect(stderr).toContain('--fast');
  });
});
