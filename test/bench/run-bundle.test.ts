import { watch } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runBundle } from '../../bench/measure/run-bundle.ts';

async function folderWith(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'trackkeeper-run-bundle-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

const run = { env: {}, isWarm: false };

test('a process writes its own id into each file of a cap before it does anything', async () => {
  const bundle = 'exports.handler = async () => console.log(process.pid);';
  const folder = await folderWith({ 'bundle.cjs': bundle, cpu: '', memory: '' });
  const members = ['cpu', 'memory'].map((name) => join(folder, name));

  const { output } = await runBundle(join(folder, 'bundle.cjs'), [{}], { ...run, members });

  const ids = await Promise.all(members.map((file) => readFile(file, 'utf8')));
  expect(ids).toEqual([output, output]);
});

test('a process that cannot join a cap does not run outside of it', async () => {
  const folder = await folderWith({ 'bundle.cjs': 'exports.handler = async () => {};' });
  const members = [join(folder, 'nowhere', 'cgroup.procs')];

  await expect(runBundle(join(folder, 'bundle.cjs'), [{}], { ...run, members })).rejects.toThrow('nowhere');
});

test('what its parent used is no part of the peak of a process', async () => {
  const folder = await folderWith({ 'bundle.cjs': 'exports.handler = async () => {};' });
  const ballast = Buffer.alloc(300_000_000, 1);

  const { peakBytes } = await runBundle(join(folder, 'bundle.cjs'), [{}], run);

  expect(peakBytes).toBeLessThan(ballast.length / 2);
});

test('a bundle runs with the Node options of its environment, as it does on Lambda', async () => {
  const bundle = "exports.handler = async () => console.log(require('node:v8').getHeapStatistics().heap_size_limit);";
  const folder = await folderWith({ 'bundle.cjs': bundle });
  const env = { NODE_OPTIONS: '--max-old-space-size=100 --max-semi-space-size=1' };

  const { output } = await runBundle(join(folder, 'bundle.cjs'), [{}], { ...run, env });

  expect(Number(output)).toBeLessThan(110 * 1024 ** 2);
});

test('a bundle that fails is told with what it said', async () => {
  const folder = await folderWith({
    'bundle.cjs': "exports.handler = async () => { throw new Error('no such song'); };",
  });

  await expect(runBundle(join(folder, 'bundle.cjs'), [{}], run)).rejects.toThrow('no such song');
});

test('a bundle that is told to stop has ended by the time that its run fails', async () => {
  const bundle = `
    const { renameSync, writeFileSync } = require('node:fs');
    writeFileSync('pid.new', String(process.pid));
    renameSync('pid.new', 'pid');
    exports.handler = () => new Promise((done) => setTimeout(done, 60_000));`;
  const folder = await folderWith({ 'bundle.cjs': `process.chdir(__dirname);${bundle}` });
  const stopping = new AbortController();
  const watcher = watch(folder, (_, file) => file === 'pid' && stopping.abort());
  onTestFinished(() => watcher.close());

  const running = runBundle(join(folder, 'bundle.cjs'), [{}], { ...run, signal: stopping.signal });

  await expect(running).rejects.toThrow('abort');
  const pid = Number(await readFile(join(folder, 'pid'), 'utf8'));
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});
