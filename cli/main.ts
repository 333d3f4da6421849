#!/usr/bin/env node
// `npx trackkeeper`. npx puts the project's own Node first in the path, so this runs on Lambda's version.
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { awsCloud } from '../client/aws-cloud.ts';
import { runCommandLine } from './run.ts';

const { stdout, stderr, env } = process;
const isPlain = !stderr.isTTY || env.CI !== undefined || env.TERM === 'dumb';

// The reader of a pipe may close it early.
stdout.on('error', () => {});

process.exitCode = await runCommandLine(process.argv.slice(2), {
  root: join(import.meta.dirname, '..'),
  env,
  cloudIn: awsCloud,
  now: () => new Date(),
  wait: (ms, signal) => wait(ms, undefined, { signal }).catch(() => {}),
  untilInterrupted() {
    const stop = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort());
    return stop.signal;
  },
  out: (text) => stdout.write(text),
  err: (text) => stderr.write(text),
  // Some terminals report 0 columns.
  screen: { moves: !isPlain, columns: stderr.columns || 80 },
});
