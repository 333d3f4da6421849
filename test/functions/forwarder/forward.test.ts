import { describe, expect, test } from 'vitest';
import { UnavailableError } from '../../../functions/domain/errors.ts';
import type { AssetSource } from '../../../functions/domain/record.ts';
import { forward, signWebhook } from '../../../functions/forwarder/forward.ts';
import { assetOf } from '../../cli/records.ts';
import { detail, openBench, presignUrl, taskId } from './forward-setup.ts';

const archived = { type: 'TaskArchived', detail } as const;
const failed = { type: 'TaskFailed', detail: { ...detail, failure: null } } as const;

const source = (url: string): AssetSource => ({ url, field: 'audio_url', stage: 'complete', confirmed: false });
const [song, original, cover, live] = ['one.mp3', 'cdn/one.mp3', 'one.jpeg', 'stream'].map(
  (path) => `https://a.example/${path}`,
);
const keyOf = (name: string) => `library/2026-11/Iron-Man/${name}`;
const stored = (name: string, ...urls: (string | undefined)[]) =>
  assetOf({ kind: 'audio', state: 'stored', key: keyOf(name), sources: urls.map((url = '') => source(url)) });
const callback = (...links: (string | undefined)[]) =>
  `{"code": 200, "n": 12345678901234567890, "links": ${JSON.stringify(links)}}`;

describe('the body', () => {
  test('is the callback with links to the bucket, and nothing else of it is changed', async () => {
    const bench = openBench();
    await bench.record({ assets: [stored('One.mp3', song, original), stored('One.jpeg', cover)] });
    await bench.write(`callbacks/${taskId}/complete-0496818d.json`, callback(song, original, cover, live));

    await forward(archived, bench.deps);

    const [one, other] = [presignUrl(keyOf('One.mp3')), presignUrl(keyOf('One.jpeg'))];
    expect(bench.posted.map(({ body }) => body)).toEqual([callback(one, one, other, live)]);
  });

  test.each([
    ['open', assetOf({ kind: 'audio', state: 'open', sources: [source(song ?? '')] })],
    [
      'quarantined',
      assetOf({ kind: 'audio', state: 'quarantined', key: 'quarantine/x', sources: [source(song ?? '')] }),
    ],
    ['failed', assetOf({ kind: 'audio', state: 'failed', sources: [source(song ?? '')] })],
  ])('keeps the provider’s link to a file that is %s', async (_, asset) => {
    const bench = openBench();
    await bench.record({ assets: [asset] });
    await bench.write(`callbacks/${taskId}/complete-0496818d.json`, callback(song));

    await forward(failed, bench.deps);

    expect(bench.posted[0]?.body).toBe(callback(song));
  });

  test('is that of the newest final callback', async () => {
    const bench = openBench();
    await bench.record();
    for (const [key, text] of [
      ['complete-1', '"earlier"'],
      ['complete-2', '"newest"'],
      ['first-3', '"first"'],
      ['error-4', '"error"'],
    ]) {
      await bench.write(`callbacks/${taskId}/${key}.json`, text ?? '');
    }

    await forward(archived, bench.deps);

    expect(bench.posted[0]).toMatchObject({ body: '"newest"', headers: { 'trackkeeper-from': 'callback' } });
  });

  test('of a task that failed is the callback that said so', async () => {
    const bench = openBench();
    await bench.record({ status: 'failed' });
    await bench.write(`callbacks/${taskId}/text-1.json`, '"text"');
    await bench.write(`callbacks/${taskId}/error-2.json`, '{"code":451}');

    await forward(failed, bench.deps);

    expect(bench.posted[0]).toMatchObject({
      body: '{"code":451}',
      headers: { 'trackkeeper-event': 'TaskFailed', 'trackkeeper-from': 'callback' },
    });
  });

  test('is the provider’s answer where it had to be asked, and a header says so', async () => {
    const bench = openBench();
    await bench.record({ assets: [stored('One.mp3', song)] });
    await bench.write(`callbacks/${taskId}/error-1.json`, '"passing trouble"');
    await bench.write(`answers/${taskId}/complete-2.json`, callback(song));

    await forward(archived, bench.deps);

    expect(bench.posted[0]).toMatchObject({
      body: callback(presignUrl(keyOf('One.mp3'))),
      headers: { 'trackkeeper-from': 'answer' },
    });
  });

  test('is the event itself where the final callback never came', async () => {
    const bench = openBench();
    const failure = { code: null, outcome: 'missing', msg: 'the final callback never came', advice: 'ask' };
    await bench.write(`callbacks/${taskId}/first-1.json`, '"first"');

    await forward({ type: 'TaskFailed', detail: { ...detail, failure } }, bench.deps);

    expect(bench.posted[0]?.headers['trackkeeper-from']).toBe('event');
    expect(JSON.parse(bench.posted[0]?.body ?? '')).toEqual({ ...detail, failure });
  });

  test('of an id that is unsafe in a key is found under its hash', async () => {
    const bench = openBench();
    const odd = { ...detail, taskId: '../callbacks' };

    await bench.write(`callbacks/${taskId}/complete-1.json`, '"of another task"');
    await forward({ type: 'TaskArchived', detail: odd }, bench.deps);

    expect(bench.posted[0]?.headers['trackkeeper-from']).toBe('event');
  });
});

describe('the headers', () => {
  test('say what it is, of which event, and when it was sent', async () => {
    const bench = openBench();

    await forward(archived, bench.deps);

    expect(bench.posted[0]?.headers).toEqual({
      'content-type': 'application/json',
      'trackkeeper-event': 'TaskArchived',
      'trackkeeper-from': 'event',
      'webhook-id': detail.id,
      'webhook-timestamp': String(Date.parse('2026-11-20T18:05:00Z') / 1000),
    });
  });

  test('have a signature of the very body with each key that there is', async () => {
    const keys = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    const bench = openBench({ keys });

    await forward(archived, bench.deps);

    const { body = '', headers } = bench.posted[0] ?? {};
    const seconds = Number(headers?.['webhook-timestamp']);
    expect(headers?.['webhook-signature']).toBe(signWebhook({ id: detail.id, seconds, body }, keys));
  });
});

describe('the endpoint', () => {
  test.each([200, 201, 204])('that answers %i has it', async (status) => {
    const bench = openBench({ answers: [{ status }] });

    await forward(archived, bench.deps);

    expect(bench.logged).toEqual([
      [
        'info',
        'forward',
        {
          ...{ type: 'TaskArchived', id: detail.id, taskId, outcome: 'delivered' },
          ...{ from: 'event', host: 'music.example.com', status },
        },
      ],
    ]);
  });

  test('that answers 410 does not want it, and is left alone', async () => {
    const bench = openBench({ answers: [{ status: 410 }] });

    await forward(archived, bench.deps);

    expect(bench.logged).toEqual([['info', 'forward', expect.objectContaining({ outcome: 'declined' })]]);
  });

  test.each([199, 301, 307, 400, 404, 429, 500, 503])('that answers %i is to be asked again', async (status) => {
    const bench = openBench({ answers: [{ status }] });

    await expect(forward(archived, bench.deps)).rejects.toThrow(
      new UnavailableError(`music.example.com answered ${status}`),
    );

    expect(bench.posted).toHaveLength(1);
  });
});

test('in place of a callback that grows beyond 8 MiB by our links comes the event itself', async () => {
  const bench = openBench();
  const short = 'https://a.example/1';
  const long = 'x'.repeat(900);
  await bench.record({ assets: [stored(long, short)] });
  await bench.write(`callbacks/${taskId}/complete-1.json`, JSON.stringify(Array(10_000).fill(short)));

  await forward(archived, bench.deps);

  expect(bench.posted).toEqual([
    { body: JSON.stringify(detail), headers: expect.objectContaining({ 'trackkeeper-from': 'event' }) },
  ]);
});

test('a task whose record is gone is not passed on with links that are dying', async () => {
  const bench = openBench();
  await bench.write(`callbacks/${taskId}/complete-1.json`, callback(song));

  await expect(forward(archived, bench.deps)).rejects.toThrow(`tasks/${taskId}.json is gone`);

  expect(bench.posted).toEqual([]);
});
