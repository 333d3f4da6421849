import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test, vi } from 'vitest';
import { onEachLine } from '../../local/lambda/function-environment.ts';
import { temporaryFolder } from '../local/lambda/bundle-of.ts';
import { processIsAlive } from '../local/lambda/process-is-alive.ts';

const program = join(import.meta.dirname, '../../cli/main.ts');

function npmStart(...args: string[]) {
  const child = spawn(process.execPath, [program, 'start', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines: string[] = [];
  onEachLine(child.stdout, (line) => lines.push(line));
  return { child, lines, errors: text(child.stderr), ended: exitCodeOf(child) };
}

const exitCodeOf = (child: ChildProcess) =>
  new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));

async function started(...args: string[]) {
  const run = npmStart(...args);
  await vi.waitFor(() => expect(run.lines.join('\n')).toContain('Ctrl-C stops'), { timeout: 30_000 });
  return { ...run, url: run.lines[0] ?? '' };
}

test('the first line is the callback URL, and a restart prints the same', async () => {
  const folder = await temporaryFolder();
  const first = await started('--data', folder, '--port', '0');
  const answer = await (await fetch(first.url)).json();
  first.child.kill('SIGINT');
  expect(await first.ended).toBe(0);

  const { port } = new URL(first.url);
  const second = await started('--data', folder, '--port', port);

  expect(first.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callbacks\/[\w-]{32,}$/);
  expect(answer).toEqual({ status: 'ready' });
  expect(second.url).toBe(first.url);
  second.child.kill('SIGTERM');
  expect(await second.ended).toBe(0);
});

test('what happens is printed, one line each', async () => {
  const { lines, url } = await started('--data', await temporaryFolder(), '--port', '0');

  await fetch(url);

  await vi.waitFor(() => expect(lines.at(-1)).toMatch(/^\d\d:\d\d:\d\d {2}callback +ready/));
});

test('one Ctrl-C that arrives twice, as under npm, still stops in order', async () => {
  const { child, lines, ended } = await started('--data', await temporaryFolder(), '--port', '0');

  child.kill('SIGINT');
  child.kill('SIGINT');

  expect(await ended).toBe(0);
  expect(lines.filter((line) => line.startsWith('Stopping'))).toHaveLength(1);
});

test('ends with the shell that npm puts in between, and frees the folder', async () => {
  const folder = await temporaryFolder();
  const command = `"${process.execPath}" "${program}" start --data "${folder}" --port 0; true`;
  const shell = spawn('sh', ['-c', command], {
    stdio: 'ignore',
    env: { ...process.env, npm_lifecycle_event: 'start' },
  });
  const lock = join(folder, '.trackkeeper/lock');
  const pid = await vi.waitFor(async () => Number(await readFile(lock, 'utf8')), { timeout: 30_000 });
  onTestFinished(() => void (processIsAlive(pid) && process.kill(pid, 'SIGKILL')));

  shell.kill('SIGKILL');

  await vi.waitFor(() => expect(processIsAlive(pid)).toBe(false), { timeout: 15_000 });
});

test('a data folder that another one uses is refused with what to do', async () => {
  const folder = await temporaryFolder();
  const { child } = await started('--data', folder, '--port', '0');

  const second = npmStart('--data', folder, '--port', '0');

  expect(await second.ended).toBe(1);
  expect(await second.errors).toContain(`in use by process ${child.pid}`);
});

test('a data folder whose user was killed is taken over', async () => {
  const folder = await temporaryFolder();
  const first = await started('--data', folder, '--port', '0');
  first.child.kill('SIGKILL');
  await first.ended;

  const second = await started('--data', folder, '--port', '0');

  expect(await (await fetch(second.url)).json()).toEqual({ status: 'ready' });
});

test('a port that is in use is refused with what to do', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void taken.close());
  const address = taken.address();
  const port = typeof address === 'object' ? address?.port : undefined;

  const { ended, errors } = npmStart('--data', await temporaryFolder(), '--port', String(port));

  expect(await ended).toBe(1);
  expect(await errors).toContain(`Port ${port} is in use by another program. Stop that one, or choose another`);
});

test('an unknown option is refused with exit code 2, and help is no error', async () => {
  const wrong = npmStart('--prot', '1');
  const help = npmStart('--help');

  expect([await wrong.ended, await help.ended]).toEqual([2, 0]);
  expect(await wrong.errors).toContain('npm start -- --help');
  expect(help.lines.join('\n')).toContain('--allow-source');
});

test('a data folder that is a file is refused with what to do', async () => {
  const { ended, errors } = npmStart('--data', program, '--port', '0');

  expect(await ended).toBe(1);
  expect(await errors).toContain('is not a folder: choose another with --data');
});
