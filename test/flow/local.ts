// A local deployment for one test file, with a host that serves files and counts the requests for each path.
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type TaskRecord, taskRecord } from '../../functions/domain/record.ts';
import { deployLocally, type LocalDeployment, type LocalDeploymentOptions } from '../../local/deployment.ts';
import { sharedBundle } from '../doubles/shared-bundle.ts';

const media = join(import.meta.dirname, '../../local/demo/media');
export const song = readFileSync(join(media, 'track-1.mp3'));
export const otherSong = readFileSync(join(media, 'track-2.mp3'));
export const cover = readFileSync(join(media, 'cover-1.jpeg'));
export const movie = readFileSync(join(media, 'track-1.mp4'));

const token = 'a-token-of-some-length';

/** Well above what a busy machine needs; a test that waits this long has failed. */
const timeLimitMs = 30_000;

export type Flow = {
  deployment: LocalDeployment;
  host: string;
  /** The number of requests for each path. */
  asked: Map<string, number>;
  /** The files that the host serves, by path. */
  files: Map<string, Buffer>;
  logged: Record<string, unknown>[];
  post(
    body: Buffer | string | object,
    contentType?: string,
    query?: string,
  ): Promise<{ status: number; answer: string }>;
  record(taskId: string, isReady: (record: TaskRecord) => boolean): Promise<TaskRecord>;
  read(key: string): Promise<Buffer>;
  /** Every file in the bucket with its time and size. An equal listing means that nothing was written in between. */
  listing(): Promise<Record<string, string>>;
  /** Resolves when every finished task has published its event and no marker is left. */
  atRest(): Promise<void>;
  logs(isIt: (line: Record<string, unknown>) => boolean): Promise<Record<string, unknown>>;
  restart(): Promise<void>;
  close(): Promise<void>;
};

/** `options`: of the deployment. They stay the same after a restart. */
export async function startFlow(options: Partial<LocalDeploymentOptions> = {}): Promise<Flow> {
  const data = await mkdtemp(join(tmpdir(), 'trackkeeper-flow-'));
  const files = new Map<string, Buffer>();
  const asked = new Map<string, number>();
  const logged: Record<string, unknown>[] = [];
  const server = http.createServer(({ url = '' }, response) => {
    asked.set(url, (asked.get(url) ?? 0) + 1);
    const file = files.get(url);
    response.writeHead(file === undefined ? 404 : 200, { 'content-length': file?.length ?? 0 }).end(file);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const host = `127.0.0.1:${portOf(server)}`;
  const deploy = () =>
    deployLocally({
      ...{ data, token, allowedSources: [host], onLog: (line) => logged.push(line), bundle: sharedBundle },
      ...options,
    });

  const flow: Flow = {
    deployment: await deploy(),
    host: `http://${host}`,
    asked,
    files,
    logged,
    async post(body, contentType = 'application/json', query = '') {
      const bytes = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
      const response = await fetch(`${flow.deployment.callbackUrl}${query}`, {
        method: 'POST',
        headers: { 'content-type': contentType },
        body: new Uint8Array(bytes),
      });
      return { status: response.status, answer: await response.text() };
    },
    record: (taskId, isReady) =>
      eventually(`the record of ${taskId}`, async () => {
        const text = await readFile(join(flow.deployment.bucketFolder, 'tasks', `${taskId}.json`), 'utf8').catch(
          () => null,
        );
        const record = text === null ? null : taskRecord.parse(JSON.parse(text));
        return record !== null && isReady(record) ? record : undefined;
      }),
    read: (key) => readFile(join(flow.deployment.bucketFolder, key)),
    async listing() {
      const found = await readdir(flow.deployment.bucketFolder, { recursive: true, withFileTypes: true });
      const paths = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
      // A marker may be removed meanwhile.
      const stats = await Promise.all(paths.map(async (path) => [path, await stat(path).catch(() => null)] as const));
      const facts = stats.flatMap(([path, found]) => (found === null ? [] : [[path, found] as const]));
      const root = flow.deployment.bucketFolder.length + 1;
      return Object.fromEntries(facts.map(([path, { size, mtimeMs }]) => [path.slice(root), `${size} ${mtimeMs}`]));
    },
    async atRest() {
      await eventually('rest', async () => {
        const keys = Object.keys(await flow.listing());
        const tasks = keys.flatMap((key) => /^tasks\/(.+)\.json$/.exec(key)?.[1] ?? []);
        const records = await Promise.all(tasks.map((task) => flow.record(task, () => true)));
        const closed = records.filter(isClosed);
        const isToldOf = closed.every(({ announced }) => announced.length > 0);
        const isMarked = closed.some(({ taskId }) =>
          keys.some((key) => /^schedule\/.+/.test(key) && key.endsWith(`/${taskId}`)),
        );
        return isToldOf && !isMarked ? true : undefined;
      });
    },
    logs: (isIt) => eventually('the log line', async () => logged.find(isIt)),
    async restart() {
      await flow.deployment.close();
      flow.deployment = await deploy();
    },
    async close() {
      await flow.deployment.close();
      server.closeAllConnections();
      server.close();
      await rm(data, { recursive: true });
    },
  };
  return flow;
}

async function eventually<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + timeLimitMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`${what} did not happen within ${timeLimitMs} ms`);
    await pause(50);
  }
}

function portOf(server: http.Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('the host does not listen');
  return address.port;
}

export const isClosed = ({ status }: TaskRecord) => status === 'archived' || status === 'failed';

export function musicCallback(callbackType: string, taskId: string, tracks: unknown, code = 200): object {
  return { code, msg: 'ok', data: { callbackType, task_id: taskId, data: tracks } };
}
