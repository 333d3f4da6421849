// Measures the time from a receiver's process start to its first acknowledgement, compared with the usual stack and
// bare Node.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { functionVariables } from '../../client/target/local-aws.ts';
import type { ReceiverEnv } from '../../functions/receiver/env.ts';
import { bundleFunction, bundleProgram } from '../../infra/bundle.ts';
import { startServer } from '../servers/server-process.ts';
import { caFile } from '../servers/tls.ts';
import { rotated } from '../statistics.ts';

const figures = z.object({ importMs: z.number(), ackMs: z.number(), cpuMs: z.number() });
const acknowledged = figures.extend({ statusCode: z.literal(200) });

/** For bare Node only the whole process is measured. */
type Start = { wholeMs: number } & Partial<z.infer<typeof figures>>;
export type StartUp = { name: string; bytes: number | null; starts: Start[] };

export const bare = 'bare `node -e 0`';
export const usual = 'usual stack';
const ours = 'our receiver';

const token = 'bench';
const startLimitMs = 60_000;

export async function measureStartUp(folder: string, rounds: number, say: (line: string) => void): Promise<StartUp[]> {
  const receiver = join(folder, 'receiver');
  const usualStack = join(folder, 'usual-stack.cjs');
  const services = await startServer('services', [token]);
  const url = `https://${services.host}`;
  const own = {
    STACK_NAME: 'bench',
    QUEUE_URL: `${url}/000000000000/bench`,
    SECRET_ID: 'bench',
  } satisfies ReceiverEnv;
  const env = {
    ...functionVariables('receiver', { s3: url, sqs: url, secrets: url, events: url }),
    ...own,
    CALLBACK_TOKEN: token,
    NODE_EXTRA_CA_CERTS: caFile,
  };
  const firstAck = (bundle: string) => [join(import.meta.dirname, 'first-ack.cjs'), bundle, JSON.stringify(event)];
  const candidates = [
    { args: ['-e', '0'], startUp: startUpOf(bare, null) },
    {
      args: firstAck(usualStack),
      startUp: startUpOf(usual, bundleProgram('bench/start-up/usual-stack.ts', usualStack)),
    },
    { args: firstAck(join(receiver, 'index.js')), startUp: startUpOf(ours, bundleFunction('receiver', receiver)) },
  ];
  try {
    say(`receiver's start, ${rounds} rounds`);
    for (let round = 0; round < rounds; round++) {
      for (const { args, startUp } of rotated(candidates, round)) startUp.starts.push(await start(args, env));
    }
    // A 200 without a message in the queue would be fast but wrong.
    const { acknowledged: sent } = await services.tally();
    if (sent !== 2 * rounds) throw new Error(`The queue got ${sent} messages from ${2 * rounds} starts.`);
  } finally {
    services.close();
  }
  return candidates.map(({ startUp }) => startUp);
}

const startUpOf = (name: string, bytes: number | null): StartUp => ({ name, bytes, starts: [] });

async function start(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Start> {
  const started = performance.now();
  const child = spawn(process.execPath, args, {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: startLimitMs,
    killSignal: 'SIGKILL',
  });
  const said = text(child.stdout);
  const [code] = await once(child, 'exit');
  const wholeMs = performance.now() - started;
  const lines = (await said).trim();
  if (code !== 0) throw new Error(`A receiver ended with ${code}: ${lines}`);
  // The last line is the measurement, after the receiver's own log lines.
  const last = lines.split('\n').at(-1) ?? '';
  return last === '' ? { wholeMs } : { wholeMs, ...figures.parse(acknowledged.parse(JSON.parse(last))) };
}

const callback = { code: 200, msg: 'success', data: { callbackType: 'first', task_id: 'bench', data: [] } };

const event = {
  version: '2.0',
  routeKey: 'POST /callbacks/{token}',
  rawPath: `/callbacks/${token}`,
  rawQueryString: '',
  headers: { 'content-type': 'application/json' },
  requestContext: { http: { method: 'POST', path: `/callbacks/${token}` } },
  pathParameters: { token },
  body: JSON.stringify(callback),
  isBase64Encoded: false,
};
