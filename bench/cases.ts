// What is transferred, and under which circumstances.
import { lambdaLike } from './measure/cap.ts';
import type { BenchOptions } from './options.ts';
import { ours, raw } from './ways/references.ts';

/**
 * `whole`: a fresh process, measured from its start. `warm`: a further file in a process that has done some already.
 * `limited`: by a source that is only so fast on each connection. `capped`: held to a share of a CPU and of memory.
 */
export type Case = {
  kind: 'whole' | 'warm' | 'limited' | 'capped';
  title: string;
  bytes: number;
  bytesPerSecond?: number;
  rounds: number;
  /** The only ways that take part; all of them where it is missing. */
  ways?: readonly string[];
};

const MB = 1_000_000;
const cap = `${lambdaLike.memoryMb} MB, ${lambdaLike.cpuPercent} % CPU`;

/** The usual song. */
const songBytes = 10 * MB;
/** A limited source sets the pace, not the machine: little differs from round to round. */
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
