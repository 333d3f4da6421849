import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const demo = join(import.meta.dirname, '../../../../infra/local/demo.ts');

test('npm run demo -- --browse opens the listening room on the demo’s bucket, until Ctrl-C', async () => {
  const data = await mkdtemp(join(tmpdir(), 'demo-'));
  onTestFinished(() => rm(data, { recursive: true }));
  // A group of its own: Ctrl-C in a terminal goes to all processes of the group.
  const run = spawn(process.execPath, [demo, '--fast', '--browse', '--data', data], { detached: true });
  onTestFinished(() => void run.kill('SIGKILL'));
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
  const failedTasks = async () =>
    (await fetch(new URL('/api/tasks?status=failed', url), { headers: { cookie } })).json();

  // The room opens before it has read the bucket.
  await expect.poll(failedTasks, { timeout: 10_000 }).toMatchObject({
    total: 1,
    rows: [{ attention: { why: 'failed' } }],
  });
  interrupt();
  expect(await ended).toEqual([0, null]);
});
