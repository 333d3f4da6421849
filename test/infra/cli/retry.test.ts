import { expect, test } from 'vitest';
import { openCliBench } from './cli-bench.ts';
import { assetOf, recordOf, storedAsset } from './records.ts';

const stored = storedAsset({ kind: 'audio', key: 'library/a.mp3' }, Buffer.from('a song'));
const failed = assetOf({ kind: 'image', trackId: 'one', state: 'failed' });

test('asks the archiver to try again what a task lacks, and says what that is', async () => {
  const { cli, messages, putRecord } = await openCliBench();
  await putRecord(recordOf({ taskId: 'broken', status: 'failed', assets: [stored, failed] }));

  const { exitCode, out } = await cli('retry', 'brok');

  expect([exitCode, out]).toEqual([0, 'broken is tried again now:\n  fetch image one (failed)\n']);
  expect(await messages()).toEqual([{ type: 'retry', task: 'broken' }]);
});

test('asks for a task without files too: the provider may know more by now', async () => {
  const { json, messages, putRecord } = await openCliBench();
  await putRecord(recordOf({ taskId: 'a/b', status: 'waiting' }));

  const { answer } = await json('retry', 'a/b');

  expect(answer).toMatchObject({ taskId: 'a/b', sent: true, steps: [expect.stringContaining('ask the provider')] });
  // As it stands in keys.
  expect(await messages()).toEqual([{ type: 'retry', task: expect.stringMatching(/^sha256-[0-9a-f]{64}$/) }]);
});

test('asks for nothing where nothing is missing', async () => {
  const { json, messages, putRecord } = await openCliBench();
  await putRecord(recordOf({ taskId: 'whole', assets: [stored] }));

  expect(await json('retry', 'whole')).toMatchObject({ exitCode: 0, answer: { sent: false, steps: [] } });
  expect(await messages()).toEqual([]);
});

test('of a task that nobody knows it ends with 1, and sends nothing', async () => {
  const { cli, messages } = await openCliBench();

  expect(await cli('retry', 'nobody')).toMatchObject({ exitCode: 1, out: '', err: expect.stringContaining('no task') });
  expect(await messages()).toEqual([]);
});
