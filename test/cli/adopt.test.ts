import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readCallback } from '../../functions/domain/callback/parse.ts';
import { setUpCli, temporaryFolder } from './cli-setup.ts';
import { recordOf } from './records.ts';

const known = '8551e0a4-3c1d-4f5e-9b7a-2d6c4e8f662c';
const fresh = 'bd15c7f2-90aa-4e3b-8c11-7f5d2b9a1873';

async function fileWith(text: string): Promise<string> {
  const file = join(await temporaryFolder(), 'songs.csv');
  await writeFile(file, text);
  return file;
}

test('a song arises by its id alone: in the form of a callback, with the link of Suno, its title and lyrics', async () => {
  const { cli, messages, putRecord } = await setUpCli();
  await putRecord(recordOf({ taskId: known }));
  const file = await fileWith(`title;trackId;lyrics\nOld;${known};\nPaper;${fresh.toUpperCase()};"la ""la"""\n`);

  const { exitCode, out } = await cli('adopt', file);

  expect([exitCode, out]).toEqual([0, '1 of 2 songs are adopted; 1 are known already.\n']);
  const [message] = await messages();
  if (message?.type !== 'callback') throw new Error('no callback was sent');
  expect(message.labels).toEqual({ adopted: 'true' });
  expect(readCallback(JSON.parse(message.body.toString()))).toMatchObject({
    callback: {
      taskId: fresh,
      kind: 'music',
      stage: 'complete',
      tracks: [{ trackId: fresh, title: 'Paper', prompt: 'la "la"' }],
      assets: [{ kind: 'audio', urls: [{ url: `https://cdn1.suno.ai/${fresh}.mp3` }] }],
    },
  });
});

test('a line that is wrong is named by its number, and all others are taken', async () => {
  const { json, messages } = await setUpCli();
  const file = await fileWith(`trackId\n${fresh}\nnot-an-id\n`);

  const { exitCode, answer } = await json('adopt', file);

  expect([exitCode, answer]).toMatchObject([1, { adopted: 1, problems: [expect.stringMatching(/^line 3: /)] }]);
  expect(await messages()).toHaveLength(1);
});

test('with --dry-run nothing is sent', async () => {
  const { json, messages } = await setUpCli();

  expect(await json('adopt', await fileWith(`trackId\n${fresh}\n`), '--dry-run')).toMatchObject({
    answer: { songs: 1, adopted: 0 },
  });
  expect(await messages()).toEqual([]);
});

test.each([
  ['a file that does not exist', undefined, 'There is no file'],
  ['a file without the column', 'id\n1\n', 'must name the column trackId'],
])('%s is refused with what to do', async (_, text, words) => {
  const { cli } = await setUpCli();
  const file = text === undefined ? '/nowhere/songs.csv' : await fileWith(text);

  expect(await cli('adopt', file)).toMatchObject({ exitCode: 2, err: expect.stringContaining(words) });
});
