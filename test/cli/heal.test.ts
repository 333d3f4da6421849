import { expect, test } from 'vitest';
import { setUpCli } from './cli-setup.ts';
import { assetOf, recordOf, storedAsset } from './records.ts';

const stored = storedAsset({ kind: 'audio', key: 'library/a.mp3' }, Buffer.from('a song'));
const failed = assetOf({ kind: 'audio', trackId: 'b', state: 'failed' });
const stages = [{ stage: 'complete', code: 200, at: '2026-11-20T12:00:00.000Z' }] as const;

async function threeTasks() {
  const made = await setUpCli();
  const complete = { stages: [...stages] };
  await made.putRecord(recordOf({ taskId: 'lost', status: 'failed', ...complete, assets: [failed] }));
  await made.putRecord(recordOf({ taskId: 'open', status: 'archiving', ...complete, assets: [failed] }));
  await made.putRecord(recordOf({ taskId: 'done', ...complete, assets: [stored] }));
  return made;
}

test('tries again what an earlier version gave up, and says why', async () => {
  const { cli, messages } = await threeTasks();

  const { exitCode, out } = await cli('heal');

  expect([exitCode, out.split('\n')]).toEqual([
    0,
    [
      '1 of 3 tasks are tried again for three days:',
      '      1  files refused by their hosts',
      '`trackkeeper status` shows how far they are.',
      '',
    ],
  ]);
  expect(await messages()).toEqual([{ type: 'retry', task: 'lost' }]);
});

test('with --dry-run it sends nothing', async () => {
  const { json, messages } = await threeTasks();

  const { answer } = await json('heal', '--dry-run');

  expect(answer).toMatchObject({ records: 3, tasks: { 'files refused by their hosts': ['lost'] }, sent: 0 });
  expect(await messages()).toEqual([]);
});

test('a record that cannot be read is named, and costs none of the others', async () => {
  const { json, messages, put } = await threeTasks();
  await put('tasks/odd.json', '{"schemaVersion":9}');

  const { exitCode, answer } = await json('heal');

  expect([exitCode, answer.unreadableRecords, answer.sent]).toEqual([1, ['tasks/odd.json'], 1]);
  expect(await messages()).toHaveLength(1);
});
