// The program as `npx trackkeeper` runs it: by the path in package.json, with its first line.
import { execFile } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const program = join(root, bin.trackkeeper);

async function trackkeeper(...args: string[]) {
  const running = promisify(execFile)(process.execPath, [program, ...args], { timeout: 30_000 });
  return await running.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  );
}

test('may be executed, by whatever Node is first in the path: npx puts that of the project there', () => {
  accessSync(program, constants.X_OK);

  expect(readFileSync(program, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
});

test('says by its exit code and on which output what came of it', async () => {
  const helped = await trackkeeper('--help');
  const refused = await trackkeeper('status', '--local', '--json', '--stack', 'x');

  expect(helped).toMatchObject({ code: 0, stdout: expect.stringContaining('Exit codes:'), stderr: '' });
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('not both') });
  expect(JSON.parse(refused.stdout)).toEqual({ error: expect.stringContaining('not both') });
});
