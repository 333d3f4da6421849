import { readFile, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCommandLine } from '../../cli/run.ts';
import { setUpCli, testWorld } from './cli-setup.ts';
import { doctorClock } from './doctor/deployments.ts';

const note = (data: string) => join(data, '.trackkeeper/deployment.json');

/** A front door behind which no one takes anything from the queue. */
async function openDoor(data: string, token: string) {
  const server = http.createServer((request, response) => {
    request.resume();
    response.writeHead(request.url?.includes(token) ? 200 : 404).end('{"status":"ready"}');
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it has no port');
  const apiUrl = `http://127.0.0.1:${address.port}`;
  const written = JSON.parse(await readFile(note(data), 'utf8'));
  await writeFile(note(data), JSON.stringify({ ...written, apiUrl, callbackBaseUrl: `${apiUrl}/callbacks/` }));
  return apiUrl;
}

async function doctor(...args: string[]) {
  const { world, written } = testWorld({ ...doctorClock(), untilInterrupted: () => new AbortController().signal });
  const exitCode = await runCommandLine(['doctor', ...args], world);
  return { exitCode, ...written };
}

test('a queue that no one works off is found out within its limit, and reported as such', async () => {
  const { data } = await setUpCli();
  const url = await openDoor(data, 'a-token-of-some-length');

  const { exitCode, out } = await doctor('--url', url, '--local', data);

  expect(exitCode).toBe(1);
  expect(out).toMatch(/^✓ test callback/m);
  expect(out).toMatch(/^✗ … is stored +It is not under callbacks\/ after 3\d s\.\n +→ Does the archiver run\?/m);
  expect(out).toMatch(/^✗ cleaned up +Its callback may still be in the queue/m);
  expect(Number(/ in ([\d.]+) s\.\n$/.exec(out)?.[1])).toBeLessThanOrEqual(55);
  expect(out).not.toContain('a-token-of-some-length');
});

test('--url must be where the local deployment answers, and the token in it is not repeated', async () => {
  const { data } = await setUpCli();

  const { exitCode, err } = await doctor(
    '--url',
    'https://abc.example/callbacks/a-token-of-some-length',
    '--local',
    data,
  );

  expect(exitCode).toBe(2);
  expect(err).toContain('answers at http://127.0.0.1:8787, not at https://abc.example.');
  expect(err).not.toContain('a-token-of-some-length');
});

test('--url alone means the deployment in ./.local, and never a stack', async () => {
  const { exitCode, err } = await doctor('--url', 'http://127.0.0.1:8787');
  const both = await doctor('--url', 'http://127.0.0.1:8787', '--stack', 'Music');

  expect([exitCode, err]).toEqual([1, expect.stringContaining('No local deployment is running in /nowhere/.local')]);
  expect([both.exitCode, both.err]).toEqual([2, expect.stringContaining('not both')]);
});
