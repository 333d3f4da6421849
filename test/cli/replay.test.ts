import { randomBytes } from 'node:crypto';
import { readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type CliBench, setUpCli } from './cli-setup.ts';
import { recordOf } from './records.ts';

const body = '{"code": 200, "data": {"task_id": "one"}}\n';

/** As if it had been kept then. */
async function keptAt(bench: CliBench, key: string, at: string) {
  await utimes(join(bench.bucketFolder, key), new Date(at), new Date(at));
}

const callbacksIn = async ({ messages }: CliBench) =>
  (await messages()).flatMap((message) => (message?.type === 'callback' ? [message] : []));

test('sends the callbacks of a task byte for byte, as they were received', async () => {
  const bench = await setUpCli();
  const binary = Buffer.from([0x7b, 0xff, 0x00, 0x7d]);
  const metadata = {
    receivedat: encodeURIComponent('2026-11-20T10:00:00.000Z'),
    labels: encodeURIComponent('project=demo%20a&x=1'),
  };
  await bench.put('callbacks/one/complete-aaaaaaaa.json', body, metadata);
  await bench.put('callbacks/one/first-bbbbbbbb.json', binary, { receivedat: metadata.receivedat });
  await bench.put('callbacks/one-more/first-cccccccc.json', body);
  await bench.putRecord(recordOf({ taskId: 'one', labels: { from: 'record' } }));

  const { exitCode, answer } = await bench.json('replay', '--task', 'one');

  const receivedAt = '2026-11-20T10:00:00.000Z';
  const sent = await callbacksIn(bench);
  expect([exitCode, answer]).toEqual([0, { sent: 2, tooLarge: [] }]);
  expect(sent).toHaveLength(2);
  expect(sent).toContainEqual(
    expect.objectContaining({ receivedAt, labels: { project: 'demo a', x: '1' }, body: Buffer.from(body) }),
  );
  expect(sent).toContainEqual(expect.objectContaining({ receivedAt, labels: { from: 'record' }, body: binary }));
});

test('uses the time of the object if no other is known, and no labels if there is no record', async () => {
  const bench = await setUpCli();
  await bench.put('callbacks/one/complete-aaaaaaaa.json', body, { receivedat: 'nonsense' });
  await keptAt(bench, 'callbacks/one/complete-aaaaaaaa.json', '2026-11-19T08:00:00Z');

  await bench.json('replay', '--task', 'one');

  expect(await callbacksIn(bench)).toMatchObject([{ receivedAt: '2026-11-19T08:00:00.000Z', labels: {} }]);
});

test.each([['2026-11-20'], ['2026-11-20T00:00:00Z'], ['36h'], ['2d']])(
  'since %s sends what was kept from then on, of every task',
  async (since) => {
    const bench = await setUpCli();
    await bench.put('callbacks/one/complete-aaaaaaaa.json', body);
    await bench.put('callbacks/two/complete-bbbbbbbb.json', `${body} `);
    await bench.put('callbacks/unrecognised/cccccccccccccccc.json', '{}');
    await keptAt(bench, 'callbacks/one/complete-aaaaaaaa.json', '2026-11-19T11:59:59Z');
    await keptAt(bench, 'callbacks/two/complete-bbbbbbbb.json', '2026-11-20T00:00:00Z');
    await keptAt(bench, 'callbacks/unrecognised/cccccccccccccccc.json', '2026-11-21T00:00:00Z');

    const { answer } = await bench.json('replay', '--since', since);

    expect(answer.sent).toBe(2);
  },
);

test('sends those that no one understood, and leaves their files', async () => {
  const bench = await setUpCli();
  await bench.put('callbacks/unrecognised/cccccccccccccccc.json', '{"new": true}');
  await bench.put('callbacks/one/complete-aaaaaaaa.json', body);

  await bench.json('replay', '--unrecognised');
  const { answer } = await bench.json('replay', '--unrecognised');

  const [first, second] = await callbacksIn(bench);
  expect(answer.sent).toBe(1);
  expect(first?.body.toString()).toBe('{"new": true}');
  // Twice the same bytes at the same time: the second changes nothing.
  expect(second).toEqual(first);
  expect(await readFile(join(bench.bucketFolder, 'callbacks/unrecognised/cccccccccccccccc.json'), 'utf8')).toBe(
    '{"new": true}',
  );
});

test('none at all is no error, but a task of which none was kept is one', async () => {
  const { json, cli } = await setUpCli();

  expect(await json('replay', '--since', '1h')).toMatchObject({ exitCode: 0, answer: { sent: 0 } });
  expect(await cli('replay', '--task', 'nobody')).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining('No callback of a task nobody is stored'),
  });
});

test('what is larger than a callback can be is named, and keeps no other from being sent', async () => {
  const { json, put } = await setUpCli();
  await put('callbacks/one/complete-aaaaaaaa.json', body);
  await put('callbacks/one/huge.json', Buffer.alloc(4 * 1024 ** 2 + 1));
  // Within the limit, and still too much for a message even when it is compressed.
  await put('callbacks/one/noise.json', randomBytes(2 * 1024 ** 2));

  const { exitCode, answer } = await json('replay', '--task', 'one');

  expect([exitCode, answer.sent]).toEqual([1, 1]);
  expect(answer.tooLarge.sort()).toEqual(['callbacks/one/huge.json', 'callbacks/one/noise.json']);
});
