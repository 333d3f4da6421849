// All transfers of a bench: each case by each way, the ways in turn within a round.
import { crc32 } from 'node:zlib';
import { type Case, casesOf } from './cases.ts';
import type { Measurement } from './measure/measurement.ts';
import { warm } from './measure/run-bundle.ts';
import type { BenchOptions } from './options.ts';
import { mediaFile } from './servers/media-file.ts';
import { startServer, type Tally } from './servers/server-process.ts';
import { rotated } from './statistics.ts';
import { createJob, type Job } from './ways/job.ts';
import { createWays, type Way } from './ways/ways.ts';

type ServerUse = { busy: number; connections: number };
type Transferred = Measurement & { source: ServerUse; sink: ServerUse };
/** Of one way in one case; the runs are in the order of the rounds. */
export type Series = { case: Case; way: string; runs: Transferred[] };
export type Transfers = { series: Series[]; skipped: string[] };

export async function measureTransfers(
  folder: string,
  options: BenchOptions,
  say: (line: string) => void,
): Promise<Transfers> {
  const source = await startServer('source');
  const sink = await startServer('sink', options.isVerifying ? ['--verify'] : []);
  try {
    const hosts = { source: source.host, sink: sink.host };
    const { ways, skipped } = createWays(folder, hosts);
    for (const line of skipped) say(line);
    const series: Series[] = [];
    for (const each of casesOf(options)) {
      const able = ways.filter(({ runWarm }) => !each.isWarm || runWarm !== null);
      const ofCase = able.map((way) => ({ way, series: { case: each, way: way.name, runs: [] as Transferred[] } }));
      for (let round = 0; round < each.rounds; round++) {
        for (const { way, series: one } of rotated(ofCase, round)) {
          const run = await measure(way, each);
          one.runs.push(run);
          const seconds = `CPU ${(run.cpuMs / 1000).toFixed(2)} s, wall ${(run.wallMs / 1000).toFixed(2)} s`;
          say(`${each.title}, round ${round + 1} of ${each.rounds}: ${way.name}: ${seconds}`);
        }
      }
      series.push(...ofCase.map((one) => one.series));
    }
    return { series, skipped };

    async function measure(way: Way, { bytes, bytesPerSecond, isWarm }: Case): Promise<Transferred> {
      const count = isWarm ? warm.before + warm.measured : 1;
      const jobs = Array.from({ length: count }, () => createJob(hosts, bytes, bytesPerSecond));
      const run = isWarm && way.runWarm !== null ? way.runWarm : way.run;
      const started = performance.now();
      const { output, ...measurement } = await run(jobs).catch((error: unknown) => {
        throw new Error(`${way.name} failed. ${error instanceof Error ? error.message : error}`, { cause: error });
      });
      const tookMs = performance.now() - started;
      const [ofSource, ofSink] = await Promise.all([source.tally(), sink.tally()]);
      assertStored(ofSink, jobs, bytes, options.isVerifying, `${way.name} said:\n${output}`);
      const useOf = ({ cpuMs, connections }: Tally) => ({ busy: cpuMs / tookMs, connections });
      return { ...measurement, source: useOf(ofSource), sink: useOf(ofSink) };
    }
  } finally {
    source.close();
    sink.close();
  }
}

/** Fast and wrong is no result: each file must have come once, whole. */
function assertStored(tally: Tally, jobs: readonly Job[], bytes: number, isVerifying: boolean, output: string): void {
  // All else is far smaller: records and callbacks.
  const files = tally.stored.filter((object) => object.bytes > bytes / 2);
  const isRight = files.length === jobs.length && files.every((object) => object.bytes === bytes);
  if (!isRight || tally.openUploads > 0) {
    throw new Error(`Not every file arrived once and whole: ${JSON.stringify(tally)}\n${output}`);
  }
  if (!isVerifying) return;
  const expected = jobs[0] === undefined ? undefined : checksumOf(jobs[0], bytes);
  // Some ways send in a form whose checksum the sink does not compute.
  const wrong = files.find((object) => object.crc32 !== undefined && object.crc32 !== expected);
  if (wrong !== undefined) throw new Error(`What arrived is not what was sent: ${JSON.stringify(wrong)}\n${output}`);
}

function checksumOf({ format }: Job, bytes: number): string {
  let crc = 0;
  for (const piece of mediaFile(format, bytes).pieces(0, bytes)) crc = crc32(piece, crc);
  const four = Buffer.alloc(4);
  four.writeUInt32BE(crc);
  return four.toString('base64');
}
