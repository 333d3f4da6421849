import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lockFolder } from '../../local/folder-lock.ts';
import { temporaryFolder } from './lambda/bundle-of.ts';

test('a folder whose holder lives is refused, and the message names what to do', async () => {
  const file = join(await temporaryFolder(), 'lock');
  await writeFile(file, String(process.ppid));

  const locking = lockFolder(file);

  await expect(locking).rejects.toThrow(`in use by process ${process.ppid}. Stop that one, or choose another folder`);
});

test.for<[string, () => string]>([
  ['a process that is gone', () => String(spawnSync(process.execPath, ['--version']).pid)],
  ['our own number, as every start in a container may have', () => String(process.pid)],
  ['nothing, cut short by a crash', () => ''],
  ['nonsense', () => 'x'],
])('a lock that holds %s is taken over', async ([, content]) => {
  const file = join(await temporaryFolder(), 'lock');
  await writeFile(file, content());

  await lockFolder(file);

  expect(await readFile(file, 'utf8')).toBe(String(process.pid));
});

test('a folder that was given back is free again', async () => {
  const file = join(await temporaryFolder(), 'lock');
  const giveBack = await lockFolder(file);

  await giveBack();

  await expect(readFile(file)).rejects.toThrow('ENOENT');
});
