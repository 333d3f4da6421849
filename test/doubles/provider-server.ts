// A provider's API on this machine: it reports the tasks that a test gives it, insists on its key, and misbehaves on
// purpose. It keeps a log.
import { once } from 'node:events';
import http from 'node:http';
import { text } from 'node:stream/consumers';
import type { Behaviour } from './aws-server.ts';

const recordInfo = {
  music: '/api/v1/generate/record-info',
  video: '/api/v1/mp4/record-info',
  wav: '/api/v1/wav/record-info',
  stems: '/api/v1/vocal-removal/record-info',
  cover: '/api/v1/suno/cover/record-info',
  lyrics: '/api/v1/lyrics/record-info',
  midi: '/api/v1/midi/record-info',
  voice: '/api/v1/voice/record-info',
  phrase: '/api/v1/voice/validate-info',
  recovery: '/api/v1/suno/recovery/record-info',
  job: '/api/v1/jobs/recordInfo',
} as const;
export type RecordKind = keyof typeof recordInfo;

/** What is said of a task that there is not. */
const nothing = {
  'sunoapi.org': { code: 200, msg: 'success', data: null },
  'kie.ai': { code: 422, msg: 'recordInfo is null', data: null },
} as const;

type Options = { provider: keyof typeof nothing; key?: string };
type Asked = { method: string; path: string; query: URLSearchParams; authorization: string | undefined; body: string };
/** The whole body of the answer, or what makes it each time. */
type Answer = object | (() => object);

export async function startProviderServer({ provider, key = `the-key-of-${provider}` }: Options) {
  const requests: Asked[] = [];
  const tasks = new Map<string, Answer>();
  const freshLinks = new Map<string, string>();
  const recovered: string[] = [];
  let misbehaviours: Behaviour[] = [];

  function answerOf({ method, path, query, body }: Asked): object {
    if (method === 'POST' && path === '/api/v1/common/download-url' && provider === 'kie.ai') {
      const url = freshLinks.get(JSON.parse(body).url);
      return url === undefined ? { code: 422, msg: 'not one of our files', data: null } : { code: 200, data: url };
    }
    if (method === 'POST' && path === '/api/v1/suno/recovery' && provider === 'sunoapi.org') {
      recovered.push(JSON.parse(body).sunoTaskId);
      return { code: 200, msg: 'success', data: { task_id: `recovery-${recovered.length}` } };
    }
    if (method !== 'GET' || !Object.values<string>(recordInfo).includes(path)) return { code: 404, msg: 'Not Found' };
    const taskId = query.get(path === recordInfo.recovery ? 'task_id' : 'taskId');
    const answer = tasks.get(`${path} ${taskId}`) ?? nothing[provider];
    return typeof answer === 'function' ? answer() : answer;
  }

  const server = http.createServer(async (request, response) => {
    const { pathname: path, searchParams: query } = new URL(request.url ?? '', 'http://localhost');
    const { authorization } = request.headers;
    const asked: Asked = { method: request.method ?? '', path, query, authorization, body: '' };
    requests.push(asked);
    const misbehaviour = misbehaviours.shift();
    if (misbehaviour !== undefined) {
      const read = async () => Buffer.from(await text(request));
      return void misbehaviour({ request, response, read, ofConnection: 1 });
    }
    asked.body = await text(request);
    const isKnown = authorization === `Bearer ${key}`;
    const answer = isKnown
      ? answerOf(asked)
      : { code: 401, msg: `You do not have access permissions: ${authorization}` };
    // Providers send errors with the status 200, too.
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();

  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : undefined}`,
    key,
    requests,
    /** From now on, this is what it says of the task. */
    tell(kind: RecordKind, taskId: string, answer: Answer) {
      tasks.set(`${recordInfo[kind]} ${taskId}`, answer);
    },
    forget(kind: RecordKind, taskId: string) {
      tasks.delete(`${recordInfo[kind]} ${taskId}`);
    },
    /** kie.ai's links that live for 20 minutes, by the link that they replace. */
    freshLinks,
    /** The tasks whose recovery was paid for. */
    recovered,
    /** One for each of the next requests, in their order. */
    misbehave(...behaviours: Behaviour[]) {
      misbehaviours = behaviours;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

type Song = { id: string; audioUrl?: string; imageUrl?: string; title?: string; duration?: number | null };

/** What both providers say of a task that makes music. */
export function musicAnswer(taskId: string, status: string, songs: readonly Song[] = []) {
  const sunoData = songs.map((song) => ({
    ...{ audioUrl: '', imageUrl: '', title: 'Iron Man', duration: null, createTime: 1764690794449 },
    streamAudioUrl: `https://stream.example.com/${song.id}`,
    ...song,
  }));
  const response = songs.length === 0 ? null : { taskId, sunoData };
  return {
    code: 200,
    msg: 'success',
    data: {
      taskId,
      response,
      status,
      type: 'chirp-v4',
      operationType: 'generate',
      errorCode: null,
      errorMessage: null,
    },
  };
}
