import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type LocalFunction, runFunction } from '../../../local/lambda/local-function.ts';
import { bundleOf, temporaryFolder } from './bundle-of.ts';
import { processIsAlive } from './process-is-alive.ts';

type Options = { timeoutMs?: number; maxEnvironments?: number; variables?: Record<string, string> };

async function functionOf(code: string, options: Options = {}): Promise<LocalFunction & { lines: string[] }> {
  const lines: string[] = [];
  const running = runFunction({
    folder: await bundleOf(code),
    variables: {},
    timeoutMs: 30_000,
    maxEnvironments: 1,
    onLine: (line, output) => lines.push(`${output}: ${line}`),
    ...options,
  });
  onTestFinished(running.close);
  return { ...running, lines };
}

/** Does what its event says, and answers with the number of its process. */
const obedient = `exports.handler = async ({ loop, exit, fail } = {}) => {
  if (loop) console.log('looping');
  if (loop) for (;;);
  if (exit !== undefined) process.exit(exit);
  if (fail) throw new TypeError(fail);
  return process.pid;
};`;

test('an environment is kept warm for the next invocation', async () => {
  const { invoke } = await functionOf('let count = 0; exports.handler = async () => ++count;');

  const answers = [await invoke({}), await invoke({}), await invoke({})];

  expect(answers).toEqual([1, 2, 3]);
});

test('two simultaneous invocations never share an environment', async () => {
  // Each answers once it sees the other's mark, so the two must run at once, and in two processes.
  const meeting = await temporaryFolder();
  const { invoke } = await functionOf(
    `const { readdirSync, watch, writeFileSync } = require('node:fs');
     let active = 0;
     exports.handler = async ({ meeting }) => {
       if (++active > 1) throw new Error('shared');
       await new Promise((resolve) => {
         const look = () => readdirSync(meeting).length === 2 && (watcher.close(), resolve());
         const watcher = watch(meeting, look);
         writeFileSync(meeting + '/' + process.pid, '');
         look();
       });
       active -= 1;
       return process.pid;
     };`,
    { maxEnvironments: 2 },
  );

  const [first, second] = await Promise.all([invoke({ meeting }), invoke({ meeting })]);

  expect(first).not.toBe(second);
});

test('what is over the maximum waits for a free environment', async () => {
  const { invoke } = await functionOf(
    `let active = 0;
     exports.handler = async () => {
       active += 1;
       await new Promise(setImmediate);
       return active--;
     };`,
  );

  const answers = await Promise.all([invoke({}), invoke({}), invoke({})]);

  expect(answers).toEqual([1, 1, 1]);
});

test('an invocation is refused where a hundred wait already', async () => {
  const { invoke, close } = await functionOf('exports.handler = () => new Promise(() => {});');
  const taken = Array.from({ length: 101 }, () => invoke({}));
  const ended = Promise.allSettled(taken);

  await expect(invoke({})).rejects.toThrow('Rate exceeded');

  await close();
  await ended;
});

test('an environment that crashes fails its invocation and is replaced', async () => {
  const { invoke } = await functionOf(obedient);
  const before = await invoke({});

  await expect(invoke({ exit: 3 })).rejects.toThrow('ended before it answered (exit code 3)');
  const after = await invoke({});

  expect(after).not.toBe(before);
});

test('a handler that throws fails its invocation only, and says why in the log', async () => {
  const { invoke, close, lines } = await functionOf(obedient);
  const before = await invoke({});

  await expect(invoke({ fail: 'no such thing' })).rejects.toThrow('TypeError: no such thing');

  expect(await invoke({})).toBe(before);
  await close();
  expect(lines).toContain('stderr: TypeError: no such thing');
});

test('a bundle without a handler fails the invocation and is named in the log', async () => {
  const { invoke, close, lines } = await functionOf('exports.handle = 1;');

  await expect(invoke({})).rejects.toThrow('exit code 1');

  await close();
  expect(lines.join('\n')).toContain('index.js exports no function named handler');
});

test('an invocation that takes longer than the timeout is killed, even stuck in a loop', async () => {
  const { invoke } = await functionOf(obedient, { timeoutMs: 2_000 });
  const pid = await invoke({});

  await expect(invoke({ loop: true })).rejects.toThrow('Task timed out after 2.00 seconds');

  await vi.waitFor(() => expect(processIsAlive(pid)).toBe(false));
  expect(await invoke({})).not.toBe(pid);
});

test('the handler gets its name and its remaining time', async () => {
  const { invoke } = await functionOf(
    `exports.handler = async (event, context) =>
       [event, context.functionName, context.awsRequestId.length, context.getRemainingTimeInMillis()];`,
    { variables: { AWS_LAMBDA_FUNCTION_NAME: 'archiver' } },
  );

  const [event, name, idLength, remaining] = [await invoke({ n: 1 })].flat();

  expect([event, name, idLength]).toEqual([{ n: 1 }, 'archiver', 36]);
  expect(remaining).toBeGreaterThan(0);
  expect(remaining).toBeLessThanOrEqual(30_000);
});

test("a function finds its own variables and nothing of the caller's", async () => {
  vi.stubEnv('AWS_PROFILE', 'somebody');
  onTestFinished(() => void vi.unstubAllEnvs());
  const { invoke } = await functionOf('exports.handler = async () => process.env;', { variables: { QUEUE_URL: 'q' } });

  expect(await invoke({})).toEqual({ QUEUE_URL: 'q' });
});

test.for(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s to the process group leaves the functions running',
  async (signal) => {
    const { invoke } = await functionOf(obedient);
    const pid = await invoke({});

    process.kill(Number(pid), signal);

    expect(await invoke({})).toBe(pid);
  },
);

test('closing kills what still runs and leaves no process', async () => {
  const { invoke, close, lines } = await functionOf(obedient);
  const pid = await invoke({});
  const stuck = expect(invoke({ loop: true })).rejects.toThrow('SIGKILL');
  await vi.waitFor(() => expect(lines).toContain('stdout: looping'));

  await close();

  expect(processIsAlive(pid)).toBe(false);
  await stuck;
  await expect(invoke({})).rejects.toThrow('closed');
});

test('an invocation that comes together with the closing starts no process', async () => {
  const { invoke, close, lines } = await functionOf("console.log('started'); exports.handler = async () => {};");
  const late = expect(invoke({})).rejects.toThrow('closed');

  await close();

  await late;
  expect(lines).toEqual([]);
});

test('a function stuck in a loop ends when its parent is killed', async () => {
  const folder = await bundleOf('exports.handler = async () => { console.log(process.pid); for (;;); };');
  const parentCode = join(folder, 'parent.mts');
  const module = JSON.stringify(join(import.meta.dirname, '../../../local/lambda/local-function.ts'));
  await writeFile(
    parentCode,
    `import { runFunction } from ${module};
     const onLine = (line) => console.log(line);
     await runFunction({ folder: ${JSON.stringify(folder)}, variables: {}, timeoutMs: 60_000, maxEnvironments: 1, onLine }).invoke({});`,
  );
  const parent = spawn(process.execPath, [parentCode], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [pid] = await once(parent.stdout, 'data');
  expect(processIsAlive(pid)).toBe(true);

  parent.kill('SIGKILL');

  await vi.waitFor(() => expect(processIsAlive(pid)).toBe(false), { timeout: 5_000 });
});
