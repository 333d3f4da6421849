// docs/scale.md says what a task costs. Here its figures are counted in real runs, and its sums are calculated again.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { secretTimes } from '../../functions/adapters/secret.ts';
import { limits } from '../../functions/domain/limits.ts';
import type { Bucket } from '../../functions/ports.ts';
import { allElse, allowances } from '../../infra/api.ts';
import { bigVideo, startVideoHost } from '../doubles/big-video.ts';
import { picture } from '../doubles/sample-files.ts';
import { configOf, synthesized } from '../infra/synthesized.ts';
import { startInvocations } from './invocations.ts';
import { musicBody } from './world/bodies.ts';
import { answers, serves } from './world/hosts.ts';
import { day, expectedSong, minute, scene } from './world/scenes.ts';
import { start } from './world/world.ts';

/** The video has a 1,024th of 200 MB, and so have its parts: the number of requests is the same, with less memory. */
const scale = 1_024;
const videoBytes = Math.round(200_000_000 / scale);
/** The figures of docs/scale.md: for each invocation, and for a receiver that is warm. */
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

/** On AWS files are finished one after the other, each with its own write of the record; so they are here. */
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

/** Synthesized while the module loads, because on a busy machine it takes longer than a test may. */
const template = synthesized();
const page = readFileSync(join(import.meta.dirname, '../../docs/scale.md'), 'utf8');
const security = readFileSync(join(import.meta.dirname, '../../SECURITY.md'), 'utf8');

/** The rows of the table whose first column has this heading. */
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
  const { put, get, sqs, events, receiver, archiver } = one.calls;
  expect(costs.get(name)?.slice(0, 7)).toEqual([put, get, sqs, events, receiver, archiver, one.provider.asked()]);
});

test('docs/scale.md is right about what is asked of AWS for a day of waiting', async () => {
  const one = scene({ hasKey: false });
  await one.announce([expectedSong('task')]);
  await one.run(start + 1.5 * day);
  const before = { ...one.calls };

  await one.run(start + 2.5 * day);

  const kinds = ['put', 'get', 'sqs', 'archiver'] as const;
  const [, ...said] =
    /once a day: (\d+) PUT, POST or LIST, (\d+) GET, (\d+) requests of SQS and (\d+) archiver/.exec(page) ?? [];
  expect(said.map(Number)).toEqual(kinds.map((kind) => one.calls[kind] - before[kind]));
});

test('docs/scale.md counts a thousand tasks of each kind together rightly', () => {
  expect([...costs.keys()]).toEqual(Object.keys(lives));
  for (const [name, cells] of costs) {
    const [put = 0, get = 0, sqs = 0, events = 0, receiver = 0, archiver = 0, , seconds = 0, dollars] = cells;
    const each =
      put * priceOf('S3 PUT, POST, LIST') +
      get * priceOf('S3 GET, HEAD') +
      sqs * priceOf('SQS request') +
      events * priceOf('EventBridge event') +
      receiver * priceOf('API Gateway request') +
      (receiver + archiver) * (priceOf('Lambda invocation') + logBytes * priceOf('log, 1 byte')) +
      (receiver * receiverSeconds * 0.5 + seconds) * priceOf('Lambda, 1 GB for 1 s');

    expect([name, dollars]).toEqual([name, Number((each * 1_000).toFixed(2))]);
  }
});

test('docs/scale.md knows how many metrics the alarms watch, and whether there is a dashboard', () => {
  const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm'));
  const watched = alarms.map(({ Properties }) => JSON.stringify(Properties).split('"MetricName"').length - 1);
  const quantityOf = (price: string) => amount(tableOf('a month at rest').find((row) => row[2] === price)?.[1]);

  expect(quantityOf('alarm for a month')).toBe(watched.reduce((sum, next) => sum + next));
  expect(quantityOf('dashboard for a month')).toBe(
    Object.keys(template.findResources('AWS::CloudWatch::Dashboard')).length,
  );
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

const config = configOf({});
const month = 30 * 24 * 60 * 60;
const doors = [...allowances(config), allElse];
const junk = {
  perSecond: doors.reduce((sum, { rateLimit }) => sum + rateLimit, 0),
  atOnce: doors.reduce((sum, { burstLimit }) => sum + burstLimit, 0),
};
const dollars = (sum: number) => sum.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

test('docs/scale.md counts a month of junk by the allowances that are deployed', () => {
  const requests = junk.perSecond * month;
  const reads = (receivers: number) => (receivers * month * 1000) / secretTimes.againMs;
  const quantities = [requests, requests, requests * receiverSeconds * 0.5, requests * logBytes, reads(junk.atOnce)];
  const rows = tableOf('a month of junk');
  const sums = rows.slice(0, -1).map(([, , price = '']) => priceOf(price));
  const each = quantities.map((quantity, i) => quantity * (sums[i] ?? Number.NaN));
  const together = each.reduce((sum, next) => sum + next);

  expect(security).toContain(`**The worst month costs ${Math.round(together)} USD**`);
  expect(rows.map(([, quantity]) => amount(quantity))).toEqual([...quantities, 0]);
  expect(rows.map(([, , , cell]) => cell)).toEqual([...each, together].map(dollars));
  expect(rows.map(([what = '']) => /^(\d+) re/.exec(what)?.[1]).filter((count) => count !== undefined)).toEqual([
    String(junk.perSecond),
    String(junk.atOnce),
  ]);
});

test('docs/scale.md is right about a steady flood, the largest bodies, and a thief of the URL', () => {
  const requests = junk.perSecond * month;
  const busy = Math.ceil(junk.perSecond * receiverSeconds);
  const reads = ((busy * month * 1000) / secretTimes.againMs) * priceOf('secret read');
  const one = priceOf('API Gateway request') + priceOf('Lambda invocation') + logBytes * priceOf('log, 1 byte');
  const steady = requests * (one + receiverSeconds * 0.5 * priceOf('Lambda, 1 GB for 1 s')) + reads;
  const largest = requests * 20 * priceOf('API Gateway request');
  const { archiverConcurrency, wakeConcurrency, archiverMemoryMb } = config;
  const gigabytes = (archiverConcurrency + wakeConcurrency) * (archiverMemoryMb / 1024);

  expect(page).toContain(
    `A steady flood keeps three receivers busy and not ${junk.atOnce}, and costs ${dollars(steady)}.`,
  );
  expect(busy).toBe(3);
  expect(page).toContain(`(one for each 512 KB): ${dollars(largest)},`);
  expect(security).toContain(`and ${Math.round(largest).toLocaleString('en')} if each request has 10 MB`);
  expect(page).toContain(`takes ${((junk.perSecond * 10_000_000 * 8) / 1e9).toFixed(1)} Gbit/s`);
  expect(page).toContain(`${dollars(gigabytes * month * priceOf('Lambda, 1 GB for 1 s'))} USD a month for Lambda`);
});

test('docs/scale.md is right about the luck of a real callback in a flood', () => {
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  const rows = tableOf('junk on `POST /callbacks/…`, a second');

  expect(rows).toHaveLength(5);
  expect(page).toContain(`With \`throttleRate\` ${config.throttleRate}:`);
  for (const [flood, one, ofThree] of rows) {
    const share = Math.min(1, config.throttleRate / amount(flood));
    expect([flood, one, ofThree]).toEqual([flood, percent(share), percent(1 - (1 - share) ** 3)]);
  }
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
  expect(asked).toMatchObject({ put, get });
});
