// `npm run demo`: the main job on this machine, shown and checked. Exit code 0 only if every promise held.

import { readdir } from 'node:fs/promises';
import { relative } from 'node:path';
import { parseArgs } from 'node:util';
import { coloured, unpainted } from '../terminal/paint.ts';
import { plainText } from '../terminal/plain-text.ts';
import { createTerminal } from '../terminal/terminal.ts';
import { browseDemo } from './demo/browse-demo.ts';
import { closingLines } from './demo/closing-lines.ts';
import { judge } from './demo/promises.ts';
import { runDemo } from './demo/run-demo.ts';
import { messageIn } from './start/log-line.ts';

const usage = `Asks a stand-in provider for a song, keeps what it delivers, and checks that every promise held.

npm run demo -- [options]

  --data <folder>  where the bucket lies (an empty or a new one; by default below ./.local)
  --fast           without the slowness that makes the progress visible
  --browse         opens the listening room on its bucket afterwards, until Ctrl-C
  --help           this text
`;

const optionTypes = {
  data: { type: 'string' },
  fast: { type: 'boolean', default: false },
  browse: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** A run takes about 12 s, most of it slowness for the eye; a machine five times slower is still waited for. */
const limitMs = 60_000;

/** Narrower than this, a progress bar's line would break in two, and could not be drawn over. */
const leastColumns = 72;

/** The promises speak of everything in the bucket: what was there before would be judged with it. */
async function refuseFilled(folder: string): Promise<void> {
  const found = await readdir(folder).catch(() => []);
  if (found.length > 0) throw new Error(`${folder} is not empty: choose a new folder with --data.`);
}

async function demo({ data, fast, browse }: Omit<Options, 'help'>): Promise<boolean> {
  await refuseFilled(data);
  const { stdout, env } = process;
  const columns = stdout.columns ?? 100;
  const isPlain = !stdout.isTTY || Boolean(env.NO_COLOR) || env.CI !== undefined;
  const paint = isPlain || !stdout.hasColors() ? unpainted : coloured;
  const terminal = createTerminal(stdout, { moves: !isPlain && columns >= leastColumns });

  const result = await runDemo({ data, isFast: fast, limitMs, terminal, paint, columns });
  const verdicts = judge(result.evidence);
  const folder = relative('', result.bucketFolder);
  terminal.print(...closingLines({ ...result, verdicts, folder, data, isBrowsing: browse, columns, paint }));
  return verdicts.every(({ broken }) => broken.length === 0);
}

type Options = { data: string; fast: boolean; browse: boolean; help: boolean };

/** The options, or what is wrong with them. */
function parseOptions(): Options | string {
  try {
    const { values } = parseArgs({ options: optionTypes });
    return { data: `.local/demo-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}`, ...values };
  } catch (error) {
    return messageIn(error);
  }
}

async function run({ data, fast, browse }: Options): Promise<void> {
  try {
    process.exitCode = (await demo({ data, fast, browse })) ? 0 : 1;
    if (browse) await browseDemo(data);
  } catch (error) {
    console.error(`The demo failed: ${plainText(messageIn(error), 1000)}`);
    process.exitCode = 1;
  }
}

const options = parseOptions();
if (typeof options === 'string') {
  console.error(`${plainText(options, 1000)}\n\n${usage}`);
  process.exitCode = 2;
} else if (options.help) {
  process.stdout.write(usage);
} else {
  await run(options);
}
