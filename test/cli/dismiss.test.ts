import { expect, test } from 'vitest';
import { setUpCli } from './cli-setup.ts';
import { assetOf, recordOf, storedAsset } from './records.ts';

const stored = storedAsset({ kind: 'audio', key: 'library/a.mp3' }, Buffer.from('a song'));
const failed = assetOf({ kind: 'audio', trackId: 'b', state: 'failed' });
const stages = [{ stage: 'complete', code: 200, at: '2026-11-20T12:00:00.000Z' }] as const;

test('a task is dismissed by the beginning of its id, and the answer says how to undo it', async () => {
  const { cli, messages, putRecord } = await setUpCli();
  await putRecord(recordOf({ taskId: 'broken', status: 'failed', stages: [...stages], assets: [stored, failed] }));

  const { exitCode, out } = await cli('dismiss', 'brok');

  expect([exitCode, out]).toEqual([0, 'broken is dismissed. To try it again: trackkeeper dismiss --undo broken\n']);
  expect(await messages()).toEqual([{ type: 'dismiss', task: 'broken' }]);
});

test('to undo it tries the task again', async () => {
  const { cli, messages, putRecord } = await setUpCli();
  const dismissedAt = '2026-11-21T12:00:00.000Z';
  await putRecord(recordOf({ taskId: 'broken', status: 'failed', dismissedAt, assets: [failed] }));

  expect(await cli('dismiss', '--undo', 'broken')).toMatchObject({ exitCode: 0, out: 'broken is tried again now.\n' });
  expect(await messages()).toEqual([{ type: 'retry', task: 'broken' }]);
});

test('nothing is sent for a task that lacks nothing, or that is not dismissed', async () => {
  const { json, messages, putRecord } = await setUpCli();
  await putRecord(recordOf({ taskId: 'done', stages: [...stages], assets: [stored] }));

  expect(await json('dismiss', 'done')).toMatchObject({ exitCode: 0, answer: { sent: false } });
  expect(await json('dismiss', '--undo', 'done')).toMatchObject({ exitCode: 0, answer: { sent: false } });
  expect(await messages()).toEqual([]);
});

test('an unknown task ends with 1', async () => {
  const { cli, messages } = await setUpCli();

  expect(await cli('dismiss', 'nothing-like-it')).toMatchObject({ exitCode: 1 });
  expect(await messages()).toEqual([]);
});
