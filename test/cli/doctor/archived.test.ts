// What becomes of the test song, and what the doctor says to it.
import { expect, test } from 'vitest';
import type { Asset, TaskRecord } from '../../../functions/domain/record.ts';
import { archive, examined, healthyDeployment, songKey } from './deployments.ts';

type Archive = ReturnType<typeof archive>;

const later = '2026-11-21T12:30:00.000Z';
const attempt = (code: string, detail: string) => ({ at: later, source: '', code, detail });
const withAsset = (more: Partial<Asset>, record: Partial<TaskRecord> = {}) =>
  archive((found) => ({ ...found, ...record, assets: found.assets.map((asset) => ({ ...asset, ...more })) }));
const open = (more: Partial<Asset> = {}) =>
  withAsset({ state: 'open', key: null, ...more }, { status: 'archiving', dueAt: later });
const altered =
  (alter: (bytes: Buffer) => Buffer): Archive =>
  (delivered, objects) => {
    archive()(delivered, objects);
    const found = objects.get(songKey(delivered.taskId));
    if (found !== undefined) objects.set(songKey(delivered.taskId), { ...found, bytes: alter(found.bytes) });
  };

const cases: [name: string, archived: Archive, outcome: string, says: RegExp][] = [
  [
    'another byte',
    altered((bytes) => Buffer.concat([bytes.subarray(0, -1), Buffer.from([0])])),
    'failed',
    /other bytes/,
  ],
  ['a byte too few', altered((bytes) => bytes.subarray(1)), 'failed', /other bytes/],
  ['another CRC32', withAsset({ crc32: 'AAAAAA==' }), 'failed', /another CRC32/],
  ['another type', withAsset({ contentType: 'text/html' }), 'failed', /audio\/mpeg/],
  ['a file that is not there', withAsset({ key: 'library/none.mp3' }), 'failed', /is not there/],
  ['no song', archive((record) => ({ ...record, assets: [] })), 'failed', /names no song/],
  [
    'quarantine',
    withAsset({ state: 'quarantined', attempts: [attempt('not_media', 'no frames')] }),
    'failed',
    /quarantined: not_media, no frames/,
  ],
  [
    'a network without a way to S3',
    open({ attempts: [attempt('connect', 'timed out')] }),
    'failed',
    /open: connect, timed out/,
  ],
  [
    'allowedSourceHosts',
    open({ attempts: [attempt('host_not_allowed', 'x is not among the hosts')] }),
    'not checked',
    /not fetched: x is not among/,
  ],
  ['confirmWithProvider', open(), 'not checked', /confirmWithProvider/],
];

test.each(cases)('%s', async (_, archived, outcome, says) => {
  const { deployment, objects } = healthyDeployment({ archived });

  const { findings } = await examined(deployment);

  expect(findings['… is stored']).toMatchObject({ outcome: 'proved' });
  expect(findings['… is archived']).toMatchObject({ outcome, detail: expect.stringMatching(says) });
  expect(findings['… is repeated']).toMatchObject({ outcome: 'not checked' });
  expect([...objects.keys()]).toEqual([]);
});

test('a kept callback with other bytes is no proof', async () => {
  const { deployment } = healthyDeployment({
    archived: (delivered, objects) => {
      archive()(delivered, objects);
      for (const [key, found] of objects) {
        if (key.startsWith('callbacks/')) objects.set(key, { ...found, bytes: Buffer.from('{}') });
      }
    },
  });

  expect((await examined(deployment)).findings['… is stored']).toMatchObject({ outcome: 'failed' });
});

test('P5: a second callback that leaves a second file is found out', async () => {
  const { deployment } = healthyDeployment({
    archived: (delivered, objects) => {
      archive()(delivered, objects);
      if (!('doctorAgain' in delivered.labels)) return;
      const second = songKey(delivered.taskId).replace('.mp3', '-2.mp3');
      objects.set(second, { bytes: delivered.song, contentType: 'audio/mpeg', taskId: delivered.taskId });
    },
  });

  expect((await examined(deployment)).findings['… is repeated']).toMatchObject({
    outcome: 'failed',
    detail: 'There are 2 files in the library instead of 1.',
  });
});

test('P5: a second callback that moves the song is found out', async () => {
  const { deployment } = healthyDeployment({
    archived: (delivered, objects) => {
      const key = songKey(delivered.taskId);
      const moved = key.replace('.mp3', '-2.mp3');
      const isAgain = 'doctorAgain' in delivered.labels;
      archive((record) => ({
        ...record,
        assets: record.assets.map((asset) => ({ ...asset, key: isAgain ? moved : key })),
      }))(delivered, objects);
      const song = objects.get(key);
      if (!isAgain || song === undefined) return;
      objects.set(moved, song);
      objects.delete(key);
    },
  });

  expect((await examined(deployment)).findings['… is repeated']).toMatchObject({
    outcome: 'failed',
    detail: 'The song has moved.',
  });
});

test('a task whose end was not published may come back, and is not taken for done', async () => {
  const { deployment } = healthyDeployment({ archived: archive((record) => ({ ...record, announced: [] })) });

  const { findings } = await examined(deployment);

  expect(findings['… is archived']).toMatchObject({
    outcome: 'failed',
    detail: expect.stringContaining('EventBridge'),
  });
  expect(findings['cleaned up']).toMatchObject({ outcome: 'failed', detail: expect.stringContaining('in the queue') });
});

test('a second callback that no one works off is reported as such', async () => {
  const { deployment } = healthyDeployment({
    archived: (delivered, objects) => {
      if (!('doctorAgain' in delivered.labels)) archive()(delivered, objects);
    },
  });

  expect((await examined(deployment)).findings['… is repeated']).toMatchObject({
    outcome: 'failed',
    detail: expect.stringContaining('second callback was not worked off'),
  });
});
