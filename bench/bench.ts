// `npm run bench`: see README.md beside it, or --help.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { goalsReport } from './goals-report.ts';
import { type BenchOptions, parseBenchOptions, usage } from './options.ts';
import { measureStartUp } from './start-up/measure-start-up.ts';
import { startUpReport } from './start-up/start-up-report.ts';
import { transferReport } from './transfer-report.ts';
import { measureTransfers } from './transfers.ts';
import { begin, end, writeBetween } from './write-between.ts';

const args = process.argv.slice(2);
const parsed = parseBenchOptions(args);
const started = performance.now();
// Progress goes to stderr, so that the report alone can be redirected to a file.
const say = (line: string) =>
  console.error(`${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${line}`);

// Stops the running transfer and leaves nothing behind: no folder, no server, no cap.
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => stopping.abort(new Error(`it was told to, by ${signal}`)));
}

if (parsed.kind === 'help') {
  console.log(usage);
} else if (parsed.kind === 'problem') {
  console.error(parsed.problem);
  process.exitCode = 2;
} else {
  await bench(parsed.options).catch((error: unknown) => {
    console.error(`The bench stopped: ${error instanceof Error ? error.message : error}`);
    // Deliberately at once: servers that are still running end with this process.
    process.exit(1);
  });
}

async function bench(options: BenchOptions): Promise<void> {
  // Checked first: a missing marker should not be reported after ten minutes.
  if (options.write !== undefined) await replaceIn(options.write, (text) => text);
  const folder = await mkdtemp(join(tmpdir(), 'trackkeeper-bench-'));
  // The bundles are CommonJS; a package.json in a parent folder might say otherwise.
  await writeFile(join(folder, 'package.json'), '{"type":"commonjs"}');
  try {
    const { signal } = stopping;
    const transfers =
      options.only === 'receiver' ? undefined : await measureTransfers(folder, options, { say, signal });
    const startUps = options.only === 'transfers' ? undefined : await measureStartUp(folder, options.starts, say);
    signal.throwIfAborted();
    const report = [
      headLine(),
      ...(transfers === undefined ? [] : [transferReport(transfers)]),
      ...(startUps === undefined ? [] : [startUpReport(startUps)]),
      goalsReport({ series: transfers?.series ?? [], startUps: startUps ?? [] }),
    ].join('\n\n');
    console.log(`\n${report}`);
    const { write } = options;
    if (write === undefined) return;
    await replaceIn(write, (text) => writeBetween(text, report));
    say(`written to ${write}`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function headLine(): string {
  const command = ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' ');
  const [first, ...others] = cpus();
  const machine = `${others.length + 1} × ${first?.model ?? 'processor'}`;
  const day = new Date().toISOString().slice(0, 10);
  return `Measured on ${day} by \`${command}\`, Node ${process.versions.node}, ${machine}.`;
}

/** @throws if the file is missing or lacks the markers for the tables */
async function replaceIn(path: string, change: (text: string) => string | undefined): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) throw new Error(`${path} cannot be read: --write needs a file that is there.`);
  const changed = writeBetween(text, '') === undefined ? undefined : change(text);
  if (changed === undefined) throw new Error(`${path} has no place for the tables: add the lines ${begin} and ${end}.`);
  if (changed !== text) await writeFile(path, changed);
}
