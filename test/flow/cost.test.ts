// docs/scale.md says what a task costs. Its figures are counted here, in the real stories, and its sums are made again.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { limits } from '../../functions/domain/limits.ts';
import type { Bucket } from '../../functions/ports.ts';
import { bigVideo, startVideoHost } from '../doubles/big-video.ts';
import { picture } from '../doubles/sample-files.ts';
import { startInvocations } from './invocations.ts';
import { musicBody } from './world/bodies.ts';
import { answers, serves } from './world/hosts.ts';
import { expectedSong, minute, scene } from './world/scenes.ts';
import { start } from './world/world.ts';

/** The video's bytes are a 1,024th of 200 MB, and so are its parts: as many requests, and not as much memory. */
const scale = 1_024;
const videoBytes = Math.round(200_000_000 / scale);
/** As the page takes them: of each invocation, and of a receiver that is warm. */
const logBytes = 2_000;
const receiverSeconds = 0.05;
type Scene = ReturnType<typeof scene>;

/** Two tracks with their covers and lyrics, as a song has them. */
function songs({ track, world }: Scene, behaviourOfB = serves) {
  const withCover = (id: string, behaviour = serves) => {
    const imageUrl = `https://media.example/${id}.jpeg`;
    world.hosts.put(imageUrl, { file: picture(), behaviour: serves });
    return track(id, { imageUrl, behaviour });
  };
  return [withCover('a'), withCover('b', behaviourOfB)] as const;
}

const lives: Record<string, { partBytes?: number; happens: (one: Scene) => Promise<void> }> = {
  'song, three callbacks': {
    async happens(one) {
      const [a, b] = songs(one);
      const unheard = { ...b, audioUrl: '' };
      await one.post(musicBody('text', 'task', []));
      await one.run(start + minute / 2);
      await one.post(musicBody('first', 'task', [a, unheard]));
      await one.run(start + minute);
      await one.post(musicBody('complete', 'task', [a, b]));
      await one.run();
    },
  },
  'song, only `complete`': {
    async happens(one) {
      await one.post(musicBody('complete', 'task', songs(one)));
      await one.run();
    },
  },
  'video of 200 MB': {
    partBytes: limits.partBytes / scale,
    async happens({ world, post, run }) {
      const url = 'https://media.example/task.mp4';
      world.hosts.put(url, { file: Buffer.concat([...bigVideo(videoBytes).pieces(0, videoBytes)]), behaviour: serves });
      await post({ code: 200, msg: 'ok', data: { task_id: 'task', video_url: url } });
      await run();
    },
  },
  'song, one file a minute late': {
    async happens(one) {
      await one.post(musicBody('complete', 'task', songs(one, answers('throttled', start + minute))));
      await one.run();
    },
  },
  'song, announced, never called back': {
    async happens(one) {
      one.made('task', songs(one));
      await one.announce([expectedSong('task')]);
      await one.run();
    },
  },
};

/** In truth files arrive one after another, each with a write of the record of its own; so they do here. */
function oneAfterAnother(bucket: Bucket): Partial<Bucket> {
  let last: Promise<unknown> = Promise.resolve();
  return {
    write(key, ...rest) {
      if (!key.startsWith('library/')) return bucket.write(key, ...rest);
      const arrives = last.then(async () => {
        for (let turn = 0; turn < 5; turn++) await setImmediate();
        return await bucket.write(key, ...rest);
      });
      last = arrives;
      return arrives;
    },
  };
}

const page = readFileSync(join(import.meta.dirname, '../../docs/scale.md'), 'utf8');

/** The rows of the table whose first heading is this one. */
function tableOf(heading: string): string[][] {
  const [, rows = ''] = page.split(new RegExp(`^\\| ${heading} [^\\n]*\\n\\|[-:| ]+\\n`, 'm'));
  const [table = ''] = rows.split('\n\n');
  return table
    .trim()
    .split('\n')
    .map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

const amount = (cell = '') => Number(cell.replaceAll(',', ''));
const prices = new Map(tableOf('price of').map(([name = '', , each]) => [name, amount(each)]));
const priceOf = (name: string) => prices.get(name) ?? Number.NaN;
const costs = new Map(tableOf('one task').map(([name = '', ...cells]) => [name, cells.map(amount)]));

test.each(Object.entries(lives))('docs/scale.md is right about what is asked of AWS for: %s', async (name, life) => {
  const one = scene({ partBytes: life.partBytes ?? limits.partBytes, bucketCalls: oneAfterAnother });

  await life.happens(one);

  expect(one.record('task')).toMatchObject({ status: 'archived', dueAt: null });
  const { put, get, sqs, receiver, archiver } = one.calls;
  expect(costs.get(name)?.slice(0, 6)).toEqual([put, get, sqs, receiver, archiver, one.provider.asked()]);
});

test('docs/scale.md counts a thousand tasks of each kind together rightly', () => {
  expect([...costs.keys()]).toEqual(Object.keys(lives));
  for (const [name, cells] of costs) {
    const [put = 0, get = 0, sqs = 0, receiver = 0, archiver = 0, , seconds = 0, dollars] = cells;
    const each =
      put * priceOf('S3 PUT, POST, LIST') +
      get * priceOf('S3 GET, HEAD') +
      sqs * priceOf('SQS request') +
      receiver * priceOf('API Gateway request') +
      (receiver + archiver) * (priceOf('Lambda invocation') + logBytes * priceOf('log, 1 byte')) +
      (receiver * receiverSeconds * 0.5 + seconds) * priceOf('Lambda, 1 GB for 1 s');

    expect([name, dollars]).toEqual([name, Number((each * 1_000).toFixed(2))]);
  }
});

test('docs/scale.md counts a month at rest rightly', () => {
  const rows = tableOf('a month at rest');
  const sums = rows.slice(0, -1).map(([, quantity, price = '', dollars]) => {
    expect([price, amount(dollars)]).toEqual([price, Number((amount(quantity) * priceOf(price)).toFixed(2))]);
    return amount(dollars);
  });

  expect(amount(rows.at(-1)?.at(-1))).toBeCloseTo(
    sums.reduce((sum, next) => sum + next),
    5,
  );
});

test('the bundle asks S3 for a video of 200 MB as often as its ports were counted', async () => {
  const asked = { put: 0, get: 0, free: 0 };
  const kinds: Record<string, keyof typeof asked> = {
    GetObject: 'get',
    HeadObject: 'get',
    DeleteObject: 'free',
    AbortMultipartUpload: 'free',
  };
  const host = await startVideoHost(bigVideo(videoBytes * scale));
  onTestFinished(host.close);
  const run = await startInvocations(host.url, ({ operation }) => {
    asked[kinds[operation] ?? 'put']++;
    return undefined;
  });
  Object.assign(asked, { put: 0, get: 0, free: 0 });

  await run.invoke(60_000);

  expect((await run.record())?.status).toBe('archived');
  const [put, get] = costs.get('video of 200 MB') ?? [];
  expect(asked).toEqual({ put, get, free: 0 });
});
