import { describe, expect, test } from 'vitest';
import { now, setUpCli } from './cli-setup.ts';
import { assetOf, recordOf, storedAsset } from './records.ts';

const stored = storedAsset({ kind: 'audio', key: 'library/a.mp3' }, Buffer.from('a song'));
const failed = assetOf({ kind: 'image', trackId: 'one', state: 'failed' });

test('asks the archiver to try again what a task lacks, and says what that is', async () => {
  const { cli, messages, putRecord } = await setUpCli();
  await putRecord(recordOf({ taskId: 'broken', status: 'failed', assets: [stored, failed] }));

  const { exitCode, out } = await cli('retry', 'brok');

  expect([exitCode, out]).toEqual([0, 'broken is tried again now:\n  fetch image one (failed)\n']);
  expect(await messages()).toEqual([{ type: 'retry', task: 'broken' }]);
});

test('asks for a task without files too: the provider may know more by now', async () => {
  const { json, messages, putRecord } = await setUpCli();
  await putRecord(recordOf({ taskId: 'a/b', status: 'waiting' }));

  const { answer } = await json('retry', 'a/b');

  expect(answer).toMatchObject({ taskId: 'a/b', sent: true, steps: [expect.stringContaining('ask the provider')] });
  // As it stands in keys.
  expect(await messages()).toEqual([{ type: 'retry', task: expect.stringMatching(/^sha256-[0-9a-f]{64}$/) }]);
});

test('asks the provider where it was said that a task failed: no file is missing that anyone knows of', async () => {
  const { json, messages, putRecord } = await setUpCli();
  await putRecord(recordOf({ taskId: 'refused', status: 'failed', assets: [stored] }));

  const { answer } = await json('retry', 'refused');

  expect(answer).toMatchObject({ sent: true, steps: [expect.stringContaining('ask the provider')] });
  expect(await messages()).toEqual([{ type: 'retry', task: 'refused' }]);
});

test('asks for nothing where nothing is missing', async () => {
  const { json, messages, putRecord } = await setUpCli();
  await putRecord(recordOf({ taskId: 'whole', assets: [stored] }));

  expect(await json('retry', 'whole')).toMatchObject({ exitCode: 0, answer: { sent: false, steps: [] } });
  expect(await messages()).toEqual([]);
});

test('for an unknown task it ends with 1, and sends nothing', async () => {
  const { cli, messages } = await setUpCli();

  expect(await cli('retry', 'nobody')).toMatchObject({ exitCode: 1, out: '', err: expect.stringContaining('no task') });
  expect(await messages()).toEqual([]);
});

describe('with --damaged', () => {
  const song = Buffer.alloc(100_000, 'a song');
  const at = (key: string) => storedAsset({ kind: 'audio', trackId: key, key: `library/${key}.mp3` }, song);

  test('names the stored files that are missing or damaged, and leaves those that are whole', async () => {
    const { json, messages, put, putRecord } = await setUpCli();
    await putRecord(recordOf({ taskId: 'one', assets: [at('flipped'), at('gone'), at('whole')] }));
    await put('library/flipped.mp3', Buffer.alloc(100_000, 'b song'));
    await put('library/whole.mp3', song);

    const { exitCode, answer } = await json('retry', 'one', '--damaged');

    expect(exitCode).toBe(0);
    expect(answer).toMatchObject({
      sent: true,
      steps: ['fetch audio flipped (damaged)', 'fetch audio gone (missing)'],
      faults: [{ key: 'library/flipped.mp3' }, { key: 'library/gone.mp3' }],
    });
    expect(await messages()).toEqual([
      {
        type: 'retry',
        task: 'one',
        damaged: { at: now.toISOString(), keys: ['library/flipped.mp3', 'library/gone.mp3'] },
      },
    ]);
  });

  test('asks for nothing where every file is as the record says', async () => {
    const { json, messages, put, putRecord } = await setUpCli();
    await putRecord(recordOf({ taskId: 'one', assets: [at('whole')] }));
    await put('library/whole.mp3', song);

    expect(await json('retry', 'one', '--damaged')).toMatchObject({ exitCode: 0, answer: { sent: false, faults: [] } });
    expect(await messages()).toEqual([]);
  });
});

test('without --damaged no one looks at stored files', async () => {
  const { json, messages, putRecord } = await setUpCli();
  await putRecord(recordOf({ taskId: 'one', status: 'archiving', assets: [stored, failed] }));

  expect((await json('retry', 'one')).answer).not.toHaveProperty('faults');
  expect(await messages()).toEqual([{ type: 'retry', task: 'one' }]);
});

describe('of many tasks', () => {
  const open = recordOf({ taskId: 'open', status: 'archiving', assets: [{ ...failed, state: 'open' }] });
  const lost = recordOf({ taskId: 'lost', status: 'failed', assets: [failed] });
  const done = recordOf({ taskId: 'done', assets: [stored] });

  test.each([
    ['--all', ['lost', 'open']],
    ['--open', ['open']],
    ['--failed', ['lost']],
  ])('%s tries just these again', async (option, tasks) => {
    const { json, messages, putRecord } = await setUpCli();
    for (const record of [open, lost, done]) await putRecord(record);

    expect((await json('retry', option)).answer).toMatchObject({ tasks, sent: tasks.length });
    expect((await messages()).map((message) => message && 'task' in message && message.task).sort()).toEqual(tasks);
  });

  test('--dry-run only says how many there are', async () => {
    const { cli, messages, putRecord } = await setUpCli();
    await putRecord(lost);

    expect((await cli('retry', '--all', '--dry-run')).out).toBe('1 task would be tried again.\n');
    expect(await messages()).toEqual([]);
  });

  test.each([
    [['retry'], /Say which task/],
    [['retry', 'one', '--all'], /Either one task, or --all/],
    [['retry', '--all', '--open'], /not both/],
    [['retry', 'one', '--host', 'h.example'], /are for --all/],
    [['retry', '--all', '--damaged'], /is for one task/],
  ])('%j is refused with what to do', async (args, words) => {
    const { cli } = await setUpCli();

    expect(await cli(...args)).toMatchObject({ exitCode: 2, err: expect.stringMatching(words) });
  });
});
