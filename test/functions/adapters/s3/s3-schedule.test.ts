// The schedule's adapter with an S3 that misbehaves, and the requests that it sends.
import { describe, expect, onTestFinished, test } from 'vitest';
import { createS3Schedule } from '../../../../functions/adapters/s3/s3-schedule.ts';
import { UnavailableError } from '../../../../functions/domain/errors.ts';
import { type Marker, markerTime, scheduleKey } from '../../../../functions/domain/schedule.ts';
import type { Schedule } from '../../../../functions/ports.ts';
import { Bucket, startLocalS3, troubleAt } from '../../../contracts/local-s3.ts';
import { type Behaviour, cut, hang, reply, reset, startAwsServer, trickle } from '../../../doubles/aws-server.ts';
import { checkSignature } from '../../../doubles/check-signature.ts';
import { type CallLimits, callAt } from './s3-setup.ts';

const noon = Date.parse('2026-11-20T12:00:00Z');
const at = (seconds: number): Marker => ({ dueAt: markerTime(noon + seconds * 1000), task: 'task' });
const until = new Date(noon + 60_000);
const never = new AbortController().signal;

const scheduleAt = (url: string, limits?: CallLimits) => createS3Schedule(Bucket, callAt(url, limits));

async function openServer(behaviours: readonly Behaviour[], limits?: CallLimits) {
  const server = await startAwsServer({ behaviours });
  onTestFinished(server.close);
  return { server, schedule: scheduleAt(server.origin, limits) };
}

async function openS3(fault: Parameters<typeof startLocalS3>[0]) {
  const s3 = await startLocalS3(fault);
  onTestFinished(s3.stop);
  return { schedule: scheduleAt(s3.url) };
}

function page(keys: readonly string[], next?: string) {
  const contents = keys.map((key) => `<Contents><Key>${key}</Key><Size>0</Size></Contents>`).join('');
  const more = next === undefined ? '' : `<NextContinuationToken>${next}</NextContinuationToken>`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><IsTruncated>${next !== undefined}</IsTruncated>${more}${contents}</ListBucketResult>`;
}
const junk = (count: number) => Array.from({ length: count }, (_, index) => `schedule/0-${index}`);
const queriesOf = (requests: readonly { path: string }[]) =>
  requests.map(({ path }) => Object.fromEntries(new URL(path, 'http://s3').searchParams));

const operations: readonly [string, (schedule: Schedule) => Promise<unknown>][] = [
  ['ListObjectsV2', (schedule) => schedule.due(until)],
  ['ListObjectsV2', (schedule) => schedule.countTasks({ stopping: never })],
  ['PutObject', (schedule) => schedule.put(at(0))],
  ['DeleteObject', (schedule) => schedule.remove([at(0), at(1)])],
];

describe.each(operations)('%s', (operation, ask) => {
  test('is signed as S3 wants it', async () => {
    const { server, schedule } = await openServer([reply(200, page([]))]);

    await ask(schedule);

    for (const request of server.requests) expect(checkSignature(request, 'local')).toMatchObject({ service: 's3' });
  });

  test.each([
    ['that is a refusal', reply(403, '<Error><Code>AccessDenied</Code><Message>no</Message></Error>')],
    ['that is a redirect', reply(301, '<Error><Code>PermanentRedirect</Code></Error>')],
    ['that is a passing failure each time', reply(503, '<Error><Code>SlowDown</Code></Error>')],
    ['that never comes', reset],
    ['that is cut', cut],
    ['that begins and never ends', trickle],
    ['that never comes', hang],
  ])('reports an answer %s: S3 is unavailable', async (_, behaviour) => {
    const { schedule } = await openServer([behaviour], { idleMs: 100, totalMs: 200 });

    await expect(ask(schedule)).rejects.toThrow(UnavailableError);
  });

  test('names in its failure what was asked, what S3 calls it, and nothing of what was signed', async () => {
    const refusal =
      '<Error><Code>SignatureDoesNotMatch</Code><Message>no\nmore</Message><X>x-amz-security-token</X></Error>';
    const { schedule } = await openServer([reply(403, refusal)]);

    await expect(ask(schedule)).rejects.toThrow(
      new RegExp(`^${operation} schedule/[^ ]*: 403 SignatureDoesNotMatch: no$`),
    );
  });
});

test('a failure that passes is no failure', async () => {
  const faults = [
    troubleAt('PutObject', [1], 'lose-answer'),
    troubleAt('ListObjectsV2', [1], { status: 503, code: 'SlowDown' }),
    troubleAt('DeleteObject', [1], 'lose-answer'),
  ];
  const { schedule } = await openS3({
    fault: (request) => faults.map((fault) => fault(request)).find((trouble) => trouble !== undefined),
  });

  await schedule.put(at(0));
  expect(await schedule.due(until)).toEqual([at(0)]);
  await schedule.remove([at(0)]);

  expect(await schedule.due(until)).toEqual([]);
});

test('one marker that cannot be removed keeps no other', async () => {
  const markers = Array.from({ length: 50 }, (_, index) => at(index));
  const { schedule } = await openS3({
    fault: ({ operation, key }) =>
      operation === 'DeleteObject' && key === scheduleKey(at(3)) ? { status: 403, code: 'AccessDenied' } : undefined,
  });
  await Promise.all(markers.map((marker) => schedule.put(marker)));

  await expect(schedule.remove(markers)).rejects.toThrow('AccessDenied');

  expect(await schedule.due(until)).toEqual([at(3)]);
});

describe('a list', () => {
  test('is asked for below the one folder, and where it is long, from where the page before it ended', async () => {
    const token = '1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J+wm36Hy4vbOwM=';
    const { server, schedule } = await openServer([
      reply(200, page([scheduleKey(at(1))], token)),
      reply(200, page([scheduleKey(at(2))])),
    ]);

    expect(await schedule.due(until, at(0))).toEqual([at(1), at(2)]);

    const folder = { 'list-type': '2', prefix: 'schedule/', 'max-keys': '1000' };
    expect(queriesOf(server.requests)).toEqual([
      { ...folder, 'start-after': 'schedule/20261120T120000Z/task' },
      { ...folder, 'continuation-token': token },
    ]);
    for (const request of server.requests) expect(checkSignature(request, 'local')).toMatchObject({ service: 's3' });
  });

  test('is read no further than to the first that is not due', async () => {
    const { server, schedule } = await openServer([reply(200, page([at(1), at(61)].map(scheduleKey), 'more'))]);

    expect(await schedule.due(until)).toEqual([at(1)]);

    expect(server.requests).toHaveLength(1);
  });

  test('is read past thousands of keys that are no markers', async () => {
    const pages = Array.from({ length: 7 }, (_, index) => reply(200, page(junk(1_000), `page-${index}`)));
    const { schedule } = await openServer([...pages, reply(200, page([...junk(3), scheduleKey(at(1))]))]);

    expect(await schedule.due(until)).toEqual([at(1)]);
  });

  test('of nothing but such keys is given up with an explanation at some point, and what was found before is of use', async () => {
    const endless = await openServer([reply(200, page(junk(1), 'again'))]);
    const behind = await openServer([
      reply(200, page([scheduleKey(at(1))], 'again')),
      reply(200, page(junk(1), 'again')),
    ]);

    await expect(endless.schedule.due(until)).rejects.toThrow('keys under schedule/ that are no markers');
    expect(await behind.schedule.due(until)).toEqual([at(1)]);
    expect(endless.server.requests).toHaveLength(100);
  });

  test.each([
    ['a page', '<html><body>welcome</body></html>'],
    ['empty', ''],
    ['cut off', page([scheduleKey(at(1))]).slice(0, -25)],
    ['silent about further pages', page([]).replace(/<IsTruncated>.*<\/IsTruncated>/, '')],
    ['truncated without a token', page([], 'more').replace(/<NextContinuationToken>.*<\/NextContinuationToken>/, '')],
    ['truncated with an empty token', page([], '')],
  ])('that is %s is no answer', async (_, body) => {
    const { schedule } = await openServer([reply(200, body)]);

    await expect(schedule.due(until)).rejects.toThrow(UnavailableError);
  });

  test('that never ends is left', async () => {
    const { schedule } = await openServer([reply(200, Buffer.alloc(9 * 1024 ** 2, 'x'))]);

    await expect(schedule.due(until)).rejects.toThrow('8388608 bytes');
  });
});

describe('a count', () => {
  const marker = (task: string) => scheduleKey({ ...at(1), task });

  test('goes through all pages, and knows a task again', async () => {
    const { server, schedule } = await openServer([
      reply(200, page(['a', 'b'].map(marker), 'more')),
      reply(200, page([...['b', 'c'].map(marker), ...junk(2)])),
    ]);

    expect(await schedule.countTasks({ stopping: never })).toBe(3);

    const folder = { 'list-type': '2', prefix: 'schedule/', 'max-keys': '1000' };
    expect(queriesOf(server.requests)).toEqual([folder, { ...folder, 'continuation-token': 'more' }]);
  });

  test('of what has no end ends, with what was counted by then', async () => {
    const { server, schedule } = await openServer([reply(200, page(['a', 'b'].map(marker), 'again'))]);

    expect(await schedule.countTasks({ stopping: never })).toBe(2);
    expect(server.requests).toHaveLength(100);
  });

  test('that is to stop tells nothing', async () => {
    const stopping = new AbortController();
    const { server, schedule } = await openServer([
      (asked) => {
        stopping.abort();
        return reply(200, page(['a'].map(marker), 'again'))(asked);
      },
    ]);

    await expect(schedule.countTasks({ stopping: stopping.signal })).rejects.toThrow('aborted');
    expect(server.requests).toHaveLength(1);
  });
});

test('a marker that no URL could name is not listed, for it could not be removed', async () => {
  const { schedule } = await openServer([
    reply(200, page(['schedule/20261120T120000Z/.', 'schedule/20261120T120000Z/..', scheduleKey(at(1))])),
  ]);

  expect(await schedule.due(until)).toEqual([at(1)]);
});
