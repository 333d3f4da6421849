// The main job on this machine, shown in the terminal and checked.

import { readdir } from 'node:fs/promises';
import { relative } from 'node:path';
import { coloured, createTerminal, unpainted } from '../client/terminal.ts';
import { closingLines } from './demo/closing-lines.ts';
import { judgePromises } from './demo/promises.ts';
import { runDemo } from './demo/run-demo.ts';

/** A run takes about 12 s, most of it to be watchable; a machine five times slower still finishes in time. */
const limitMs = 60_000;

/** In a narrower terminal a progress bar's line would wrap and could not be redrawn. */
const leastColumns = 72;

/** The promises cover everything in the bucket, so older files would be checked, too. */
async function refuseFilled(folder: string): Promise<void> {
  const found = await readdir(folder).catch(() => []);
  if (found.length > 0) throw new Error(`${folder} is not empty: choose a new folder with --data.`);
}

type DemoChoice = { data: string; isFast: boolean; isBrowsing: boolean };

/** @returns whether every promise held */
export async function showDemo({ data, isFast, isBrowsing }: DemoChoice): Promise<boolean> {
  await refuseFilled(data);
  const { stdout, env } = process;
  const columns = stdout.columns ?? 100;
  const isPlain = !stdout.isTTY || Boolean(env.NO_COLOR) || env.CI !== undefined;
  const paint = isPlain || !stdout.hasColors() ? unpainted : coloured;
  const terminal = createTerminal(stdout, { moves: !isPlain && columns >= leastColumns });

  const result = await runDemo({ data, isFast, limitMs, terminal, paint, columns });
  const verdicts = judgePromises(result.evidence);
  const folder = relative('', result.bucketFolder);
  terminal.print(...closingLines({ ...result, verdicts, folder, data, isBrowsing, columns, paint }));
  return verdicts.every(({ broken }) => broken.length === 0);
}
