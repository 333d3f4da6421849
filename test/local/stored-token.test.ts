import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keptToken } from '../../local/start.ts';
import { temporaryFolder } from './lambda/bundle-of.ts';

test('a token is made once, and stays the same', async () => {
  const file = join(await temporaryFolder(), 'token');

  const [first, second] = [await keptToken(file), await keptToken(file)];

  expect(first).toMatch(/^[\w-]{32,}$/);
  expect(second).toBe(first);
});

test('no one else may read the token', async () => {
  const file = join(await temporaryFolder(), 'token');

  await keptToken(file);

  expect((await stat(file)).mode & 0o777).toBe(0o600);
});
