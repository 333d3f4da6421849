// All transfers of the bench: each case by each way, alternating within a round.
import { assertStored } from './assert-stored.ts';
import { type Case, casesOf } from './cases.ts';
import { assertHeld, createCap } from './measure/cap.ts';
import { warm } from './measure/run-bundle.ts';
import type { BenchOptions } from './options.ts';
import type { Series, Transferred, Transfers } from './series.ts';
import { startServer, type Tally } from './servers/server-process.ts';
import { rotated } from './statistics.ts';
import { createJob } from './ways/job.ts';
import { createWays, type Way } from './ways/ways.ts';

export async function measureTransfers(
  folder: string,
  options: BenchOptions,
  { say, signal }: { say: (line: string) => void; signal: AbortSignal },
): Promise<Transfers> {
  const source = await startServer('source');
  const sink = await startServer('sink', options.isVerifying ? ['--verify'] : []);
  try {
    const hosts = { source: source.host, sink: sink.host };
    const { ways, skipped } = createWays(folder, hosts);
    for (const line of skipped) say(line);
    const series: Series[] = [];
    for (const each of casesOf(options)) series.push(...(await measureCase(each)));
    return { series, skipped };

    async function measureCase(each: Case): Promise<Series[]> {
      if (each.kind !== 'capped') return await measureRounds(each, []);
      const cap = createCap();
      if ('problem' in cap) {
        skipped.push(`${each.title} is left out: ${cap.problem}`);
        say(`${each.title} is left out: ${cap.problem}`);
        return [];
      }
      try {
        return await measureRounds(each, cap.members);
      } finally {
        cap.remove();
      }
    }

    async function measureRounds(each: Case, members: readonly string[]): Promise<Series[]> {
      const able = ways.filter(
        ({ name, isProgram }) => (each.ways?.includes(name) ?? true) && !(isProgram && each.kind === 'warm'),
      );
      const ofCase = able.map((way) => ({ way, series: { case: each, way: way.name, runs: [] as Transferred[] } }));
      for (let round = 0; round < each.rounds; round++) {
        for (const { way, series: one } of rotated(ofCase, round)) {
          signal.throwIfAborted();
          const run = await measure(way, each, members);
          one.runs.push(run);
          const seconds = `CPU ${(run.cpuMs / 1000).toFixed(2)} s, wall ${(run.wallMs / 1000).toFixed(2)} s`;
          say(`${each.title}, round ${round + 1} of ${each.rounds}: ${way.name}: ${seconds}`);
        }
      }
      return ofCase.map((one) => one.series);
    }

    async function measure(way: Way, { kind, bytes, bytesPerSecond }: Case, members: readonly string[]) {
      const isWarm = kind === 'warm';
      const count = isWarm ? warm.before + warm.measured : 1;
      const jobs = Array.from({ length: count }, () => createJob(hosts, bytes, bytesPerSecond));
      const started = performance.now();
      const { output, ...measurement } = await way.run(jobs, { isWarm, members, signal }).catch((error: unknown) => {
        signal.throwIfAborted();
        throw new Error(`${way.name} failed. ${messageOf(error)}`, { cause: error });
      });
      const tookMs = performance.now() - started;
      const [ofSource, ofSink] = await Promise.all([source.tally(), sink.tally()]);
      try {
        assertStored(ofSink, jobs, { bytes, isVerifying: options.isVerifying });
        if (kind === 'capped') assertHeld(measurement);
      } catch (error) {
        throw new Error(`${messageOf(error)}\n${way.name} said:\n${output}`, { cause: error });
      }
      const useOf = ({ cpuMs, connections }: Tally) => ({ busy: cpuMs / tookMs, connections });
      return { ...measurement, source: useOf(ofSource), sink: useOf(ofSink) };
    }
  } finally {
    source.close();
    sink.close();
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
