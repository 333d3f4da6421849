import { expect, onTestFinished, test } from 'vitest';
import { testSong } from '../../client/test-song.ts';
import { serveTestMedia } from '../../local/test-media.ts';
import { otherAddresses, reaches } from '../infra/addresses.ts';

const seed = '0123456789abcdef0123456789abcdef';

async function media() {
  const served = await serveTestMedia();
  onTestFinished(() => served.close());
  return served;
}

test('P6: the song of a seed is served, and it is only reachable from this machine', async () => {
  const { url, host } = await media();

  const response = await fetch(`${url}${seed}.mp3`);

  expect(response.headers.get('content-type')).toBe('audio/mpeg');
  expect(Buffer.from(await response.arrayBuffer()).equals(testSong(seed))).toBe(true);
  expect(host).toMatch(/^127\.0\.0\.1:\d+$/);
  const port = Number(new URL(url).port);
  expect(await reaches(port, '127.0.0.1')).toBe(true);
  for (const address of otherAddresses) expect([address, await reaches(port, address)]).toEqual([address, false]);
});

test.each([
  '',
  'doctor/',
  'doctor/short.mp3',
  `doctor/${seed}.mp3?x=1`,
  `doctor/${seed}`,
  `doctor/../${seed}.mp3`,
  '%2e%2e/etc/passwd',
])('nothing else is: /%s', async (path) => {
  const { host } = await media();

  expect((await fetch(`http://${host}/${path}`)).status).toBe(404);
});

test('no one can put anything there', async () => {
  const { url } = await media();

  expect((await fetch(`${url}${seed}.mp3`, { method: 'PUT', body: 'x' })).status).toBe(404);
});
