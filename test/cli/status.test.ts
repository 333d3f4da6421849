import { describe, expect, test } from 'vitest';
import { forEachConcurrent } from '../../functions/domain/concurrency.ts';
import { setUpCli } from './cli-setup.ts';
import { assetOf, recordOf, storedAsset, trackOf } from './records.ts';

const song = Buffer.from('a song');
const failure = { code: 451, outcome: 'input_unreachable', msg: 'no access', advice: 'Upload it elsewhere.' };

async function filledBench() {
  const bench = await setUpCli();
  const stored = storedAsset({ kind: 'audio', key: 'library/a.mp3' }, song);
  await bench.putRecord(recordOf({ taskId: 'done-1', assets: [stored] }));
  await bench.putRecord(recordOf({ taskId: 'done-2' }));
  await bench.putRecord(recordOf({ taskId: 'announced', status: 'waiting', dueAt: '2026-11-21T12:05:00.000Z' }));
  const attempt = { at: '2026-11-21T11:00:00.000Z', source: 'https://x', code: 'server_error', detail: 'it said 503' };
  const missing = assetOf({
    kind: 'audio',
    trackId: 'one',
    attempts: [attempt],
    nextDueAt: '2026-11-21T14:00:00.000Z',
  });
  await bench.putRecord(
    recordOf({
      taskId: 'dying',
      status: 'archiving',
      firstSeenAt: '2026-11-09T12:00:00.000Z',
      dueAt: '2026-11-21T14:00:00.000Z',
      tracks: [trackOf('one', 'Iron Man')],
      assets: [missing, stored],
    }),
  );
  const error = { stage: 'error', code: 451, at: '2026-11-20T13:00:00.000Z' } as const;
  await bench.putRecord(recordOf({ taskId: 'broken', status: 'failed', failure, stages: [error] }));
  return bench;
}

describe('the overview', () => {
  test('counts, and puts what dies soon before what is open, with the hours that are left', async () => {
    const { json } = await filledBench();

    const { exitCode, answer } = await json('status');

    expect(exitCode).toBe(0);
    expect(answer).toMatchObject({
      tasks: { waiting: 1, archiving: 1, archived: 2, failed: 1 },
      atRisk: [{ taskId: 'dying', hoursLeft: 48, files: 2, missing: 1, title: 'Iron Man', reason: 'it said 503' }],
      open: [{ taskId: 'announced', hoursLeft: 312, files: 0, dueAt: '2026-11-21T12:05:00.000Z' }],
      failed: [{ taskId: 'broken', reason: 'no access', advice: 'Upload it elsewhere.' }],
      unreadable: [],
    });
  });

  test('says the same with an explanation', async () => {
    const { cli } = await filledBench();

    const { out } = await cli('status');

    expect(out.split('\n')).toEqual([
      '5 tasks: 2 archived, 1 archiving, 1 waiting, 1 failed',
      '',
      'At risk: links expire within 72 hours, or have refused a file for hours (1)',
      '  dying  music  archiving  1 of 2 files missing  next step in 2 h  links expire in 48 h  Iron Man',
      '    it said 503',
      '',
      'Open (1)',
      '  announced  music  waiting  no files yet  next step in 5 min  links expire in 13 days',
      '',
      'Failed (1)',
      '  broken  music  2026-11-20 13:00 UTC',
      '    no access',
      '    Upload it elsewhere.',
      '',
    ]);
  });

  test('names what is no record, reads on, and ends with 1', async () => {
    const { cli, json, put, putRecord } = await setUpCli();
    await putRecord(recordOf({ taskId: 'done-1' }));
    await put('tasks/changed-by-hand.json', '{"schemaVersion": 1,');
    await put('tasks/notes.txt', 'not ours');

    const { exitCode, answer } = await json('status');

    expect(exitCode).toBe(1);
    expect(answer).toMatchObject({ tasks: { archived: 1 }, unreadable: ['tasks/changed-by-hand.json'] });
    expect((await cli('status')).out).toContain('  tasks/changed-by-hand.json');
  });

  test('of an empty bucket is no error', async () => {
    const { cli } = await setUpCli();

    expect(await cli('status')).toMatchObject({
      exitCode: 0,
      out: '0 tasks: 0 archived, 0 archiving, 0 waiting, 0 failed\n',
    });
  });

  test('goes through more records than S3 lists at once', async () => {
    const { json, putRecord } = await setUpCli();
    const ids = Array.from({ length: 1_050 }, (_, index) => `task-${index}`);
    await forEachConcurrent(ids, 8, (taskId) => putRecord(recordOf({ taskId })));

    const { answer } = await json('status');

    expect(answer.tasks.archived).toBe(1_050);
  });
});

describe('C8: a task whose only song of `first` failed while `complete` is still to arrive', () => {
  const attempt = { at: '2026-11-21T11:00:00.000Z', source: 'https://x', code: 'not_found', detail: 'it said 404' };
  const early = recordOf({
    taskId: 'early',
    status: 'waiting',
    dueAt: '2026-11-21T12:05:00.000Z',
    stages: [{ stage: 'first', code: 200, at: '2026-11-20T12:00:00.000Z' }],
    tracks: [trackOf('one', 'Iron Man')],
    assets: [assetOf({ kind: 'audio', trackId: 'one', state: 'failed', attempts: [attempt] })],
  });
  const failure = { code: null, outcome: 'files_missing', msg: '1 of 1 files', advice: 'retry' };

  test.each([
    ['written by this version', early],
    ['that an earlier version wrote as failed', { ...early, status: 'failed' as const, failure }],
  ])('is open, with the reason why the song is missing: a record %s', async (_, record) => {
    const { cli, json, putRecord } = await setUpCli();
    await putRecord(record);

    expect((await json('status')).answer).toMatchObject({
      tasks: { waiting: 1, failed: 0 },
      open: [{ taskId: 'early', status: 'waiting', files: 1, missing: 1, reason: 'it said 404' }],
      failed: [],
    });
    const { out } = await cli('status', 'early');
    expect(out).toMatch(/^Status {6}waiting$/m);
    expect(out).not.toContain('Failure');
  });
});

describe('one task', () => {
  test('is shown with its assets, its attempts and what to do', async () => {
    const { cli } = await filledBench();

    const { exitCode, out } = await cli('status', 'dying');

    expect(exitCode).toBe(0);
    expect(out.split('\n')).toEqual([
      'Task        dying',
      'Kind        music, sunoapi.org',
      'Status      archiving',
      'First seen  2026-11-09 12:00 UTC',
      'Next step   2026-11-21 14:00 UTC',
      'Deadline    2026-11-23 12:00 UTC, in 48 h',
      'Track       Iron Man, one',
      '',
      'audio    open          Iron Man',
      '  1 failed attempt, the last 2026-11-21 11:00 UTC: server_error, it said 503',
      '  tried again 2026-11-21 14:00 UTC',
      'audio    stored        6 B',
      '  library/a.mp3',
      '',
    ]);
    expect((await cli('status', 'broken')).out).toMatch(/^Failure {5}no access\n {12}Upload it elsewhere\.$/m);
  });

  test('is found by the beginning of its id', async () => {
    const { json } = await filledBench();

    expect((await json('status', 'dyin')).answer.record.taskId).toBe('dying');
  });

  test('is not guessed where several begin so', async () => {
    const { cli } = await filledBench();

    expect(await cli('status', 'done')).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('Several task ids'),
    });
  });

  test('an unknown one is reported as unknown, with how to announce it', async () => {
    const { cli } = await filledBench();

    const { exitCode, err } = await cli('status', 'nobody-knows');

    expect(exitCode).toBe(1);
    expect(err).toContain('trackkeeper expect <provider> <kind> nobody-knows');
  });

  test('is found also where its id is not safe in a key', async () => {
    const { json, putRecord } = await setUpCli();
    await putRecord(recordOf({ taskId: '../etc/passwd' }));

    expect((await json('status', '../etc/passwd')).answer.record.taskId).toBe('../etc/passwd');
  });

  test('whose record cannot be read is not reported as unknown', async () => {
    const { cli, put } = await setUpCli();
    await put('tasks/mine.json', '{}');

    expect(await cli('status', 'mine')).toMatchObject({ exitCode: 1, err: expect.stringContaining('repair it') });
  });
});
