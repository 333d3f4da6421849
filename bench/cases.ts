// What is transferred, and under which circumstances.
import type { BenchOptions } from './options.ts';

export type Case = { title: string; bytes: number; bytesPerSecond?: number; isWarm: boolean; rounds: number };

/** The usual song. */
const songBytes = 10_000_000;
/** A limited source sets the pace, not the machine: little differs from round to round. */
const maxLimitedRounds = 3;

export function casesOf({ sizes, rounds, limit }: BenchOptions): Case[] {
  const MB = 1_000_000;
  const pace = `${limit.bytes / MB} MB, source limited to ${limit.bytesPerSecond / MB} MB/s per connection`;
  return [
    ...sizes.map(({ name, bytes }) => ({ title: `${name}, whole process`, bytes, isWarm: false, rounds })),
    { title: `a further ${songBytes / MB} MB song in a warm process`, bytes: songBytes, isWarm: true, rounds },
    { title: pace, ...limit, isWarm: false, rounds: Math.min(rounds, maxLimitedRounds) },
  ];
}
