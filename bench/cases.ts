// The transfers to measure, and their conditions.
import { lambdaLike } from './measure/cap.ts';
import type { BenchOptions } from './options.ts';
import { ours, raw } from './ways/references.ts';

/**
 * `whole`: a fresh process, measured from its start. `warm`: another file in a process that has transferred some.
 * `limited`: the source limits the speed of each connection. `capped`: limited to a share of a CPU and of memory.
 */
export type Case = {
  kind: 'whole' | 'warm' | 'limited' | 'capped';
  title: string;
  bytes: number;
  bytesPerSecond?: number;
  rounds: number;
  /** The ways that take part; default: all. */
  ways?: readonly string[];
};

const MB = 1_000_000;
const cap = `${lambdaLike.memoryMb} MB, ${lambdaLike.cpuPercent} % CPU`;

/** A typical song. */
const songBytes = 10 * MB;
/** The source limits the speed, not the machine, so rounds differ little. */
const maxLimitedRounds = 3;

export function casesOf({ sizes, rounds, largest, capped, limit }: BenchOptions): Case[] {
  const wholes = sizes.map((size) => ({ ...size, rounds }));
  const wireAndOurs = { ways: [raw, ours] };
  const largestOnce = largest === undefined ? [] : [{ ...largest, rounds: 1, ...wireAndOurs }];
  const pace = `${limit.bytes / MB} MB, source limited to ${limit.bytesPerSecond / MB} MB/s per connection`;
  const cases: Case[] = [
    ...[...wholes, ...largestOnce].map(({ name, ...each }) => {
      return { kind: 'whole' as const, title: `${name}, whole process`, ...each };
    }),
    { kind: 'capped', title: `${capped.name}, capped to ${cap}`, ...wireAndOurs, ...capped },
    { kind: 'warm', title: `a further ${songBytes / MB} MB song in a warm process`, bytes: songBytes, rounds },
    { kind: 'limited', title: pace, ...limit, rounds: Math.min(rounds, maxLimitedRounds) },
  ];
  return cases.filter((each) => each.rounds > 0);
}
