// Trackkeeper on this machine until Ctrl-C: the deployment, what it prints, and how it stops.

import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deployLocally } from './deployment.ts';
import { logLine, messageIn } from './log-line.ts';
import type { StartOptions } from './start-options.ts';

/** npm passes Ctrl-C on to this process, which received it from the terminal already: one press arrives twice. */
const onePressMs = 500;

/** Resolves once the deployment runs; the process then exits with 0 on Ctrl-C. */
export async function startLocally({ token, ...options }: StartOptions): Promise<void> {
  const systemFolder = join(options.data, '.trackkeeper');
  await mkdir(systemFolder, { recursive: true });
  // Programs read the URL from the first line, so the log waits for it.
  const early: string[] = [];
  let print: (line: string) => void = (line) => void early.push(line);

  const deployment = await deployLocally({
    ...options,
    token: token ?? (await keptToken(join(systemFolder, 'token'))),
    onLog: (entry) => print(logLine(entry, new Date())),
  });
  print = (line) => console.log(line);
  print(deployment.callbackUrl);
  print(`Bucket folder  ${deployment.bucketFolder}`);
  print(`Events         ${deployment.eventsFile}`);
  print(`S3 endpoint    ${deployment.s3Url} (bucket ${deployment.bucketName}, any credentials)`);
  print('Ctrl-C stops; messages in the queue are processed after the next start.');
  for (const line of early) print(line);

  let stopRequestedAt: number | undefined;
  async function stop(): Promise<void> {
    if (stopRequestedAt !== undefined) {
      if (Date.now() - stopRequestedAt > onePressMs) process.exit(0);
      return;
    }
    stopRequestedAt = Date.now();
    print('Stopping: running transfers have 10 s to end. Ctrl-C again stops at once.');
    await deployment.close();
    process.exit(0);
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stop());
  if (process.env.npm_lifecycle_event !== undefined) whenParentEnds(() => void stop());
}

/**
 * Reads the token from this file; creates it at the first start, so that the callback URL stays the same over
 * restarts.
 */
export async function keptToken(file: string): Promise<string> {
  const kept = await readFile(file, 'utf8').catch(() => '');
  if (kept.trim() !== '') return kept.trim();
  // 32 characters of base64url: 192 bits.
  const token = randomBytes(24).toString('base64url');
  await writeFile(file, `${token}\n`, { mode: 0o600 });
  return token;
}

const parent = process.ppid;

/** A signal to npm alone ends the shell between npm and this process, which would keep running and keep the port. */
function whenParentEnds(then: () => void): void {
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    then();
  }, 500).unref();
}

/** Advice to the owner on an error of `startLocally`. */
export function startAdvice(error: unknown, { port, data }: StartOptions): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} is in use by another program. Stop that one, or choose another: npm start -- --port ${port + 1}`;
    case 'EEXIST':
    case 'ENOTDIR':
      return `${data} is not a folder: choose another with --data.`;
    case 'EACCES':
    case 'EROFS':
      return `${messageIn(error)}. Choose a folder that you may write to with --data, or a port above 1023 with --port.`;
    default:
      return messageIn(error);
  }
}
