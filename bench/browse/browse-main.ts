// Measures the listening room: `node bench/browse/browse-main.ts [tasks]`. The local S3 runs in this process, the
// room in one of its own, as for a user: once without the cache of an earlier run, and once with it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { writeDeploymentNote } from '../../client/target/deployment-note.ts';
import { clientConfig } from '../../client/target/local-aws.ts';
import { startS3 } from '../../local/s3/server.ts';
import { fillBucket } from './fill-bucket.ts';

const root = join(import.meta.dirname, '../..');
const bucketName = 'trackkeeper';
const nowhere = 'http://127.0.0.1:9/';
const tasks = Number(process.argv[2] ?? 10_000);

const listed = z.object({ read: z.number(), of: z.number(), total: z.number(), rows: z.array(z.unknown()) });

const data = await mkdtemp(join(tmpdir(), 'trackkeeper-bench-'));
const s3 = await startS3({ folder: data, systemFolder: join(data, '.trackkeeper', 's3') });
const client = new S3Client({ ...clientConfig(s3.url), forcePathStyle: true });
try {
  await client.send(new CreateBucketCommand({ Bucket: bucketName }));
  await fillBucket(client, bucketName, tasks);
  await writeDeploymentNote(data, {
    pid: process.pid,
    s3Url: s3.url,
    bucketName,
    ...{ apiUrl: nowhere, callbackBaseUrl: nowhere, tasksBaseUrl: nowhere, testMediaUrl: nowhere },
    ...{ sqsUrl: nowhere, queueUrl: nowhere, wakeQueueUrl: nowhere, deadLetterQueueUrl: nowhere },
    ...{ secretsUrl: nowhere, secretId: '', providerKeysSecretId: null },
  });
  console.log(`${tasks} tasks`);
  console.table({ cold: await measure(), 'with its notes': await measure() });
} finally {
  client.destroy();
  await s3.close();
  await rm(data, { recursive: true, force: true });
}

async function measure() {
  const began = performance.now();
  const since = (from: number) => Math.round(performance.now() - from);
  const args = [join(root, 'cli/main.ts'), 'browse', '--json', '--port', '0', '--local', data];
  const env = { ...process.env, XDG_CACHE_HOME: join(data, 'cache') };
  const room = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const { ask, page } = await enter(room);
    const printed = since(began);
    const opened = performance.now();
    await page();
    let known = await ask('');
    while (known.rows.length < Math.min(100, tasks)) known = await ask('');
    const firstScreen = since(opened);
    while (known.read < tasks) {
      await wait(100);
      known = await ask('count=1');
    }
    const allRead = since(began);
    const times: number[] = [];
    for (const query of ['q=iron', 'q=quiet+river+night', 'q=nothing+of+it', 'status=failed&kind=video']) {
      const asked = performance.now();
      await ask(query);
      times.push(since(asked));
    }
    return {
      'address printed, ms': printed,
      'first screen, ms': firstScreen,
      'all read, ms': allRead,
      'slowest search, ms': Math.max(...times),
      'memory, MB': await residentMegabytes(room),
    };
  } finally {
    room.kill('SIGINT');
    await once(room, 'exit');
  }
}

async function enter({ stdout }: ChildProcess) {
  let printed = '';
  for await (const piece of stdout ?? []) {
    printed += piece;
    if (printed.endsWith('}\n')) break;
  }
  const { url } = z.object({ url: z.url() }).parse(JSON.parse(printed));
  const [cookie = ''] = (await fetch(url, { redirect: 'manual' })).headers.getSetCookie();
  const get = async (path: string) =>
    await fetch(new URL(path, url), { headers: { cookie: cookie.split(';', 1).join('') } });
  return {
    page: async () =>
      void (await Promise.all(['/', '/main.js', '/style.css'].map(async (path) => (await get(path)).text()))),
    ask: async (query: string) => listed.parse(await (await get(`/api/tasks?${query}`)).json()),
  };
}

/** The peak. */
async function residentMegabytes({ pid }: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1024);
}
