// Limits a process to a share of a CPU and of memory, as Lambda does by function size, with a Linux control group if
// this process may create one. The servers it talks to stay outside.
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Measurement } from './measurement.ts';

/** 256 MB, and the share of a CPU that Lambda gives with it: 1,769 MB have a whole one. */
export const lambdaLike = { memoryMb: 256, cpuPercent: 14 };
const memoryBytes = lambdaLike.memoryMb * 1024 ** 2;

/** The environment variable with which Lambda tells a function its size. */
export const lambdaVariables = { AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(lambdaLike.memoryMb) };

export type Cap = {
  /** A process that writes its id into each of these files is limited from then on, with all its children. */
  members: readonly string[];
  remove: () => void;
};

/** File system operations on control groups; all throw. A group's files exist as soon as its folder does. */
export type ControlGroups = {
  /** Also succeeds if the folder exists, left by a killed process with the same id. */
  make: (folder: string) => void;
  set: (file: string, text: string) => void;
  remove: (folder: string) => void;
};

const thisMachine: ControlGroups = {
  // Deliberately without parent folders: in another kind of control groups they would become groups, too.
  make(folder) {
    if (!existsSync(folder)) mkdirSync(folder);
  },
  // Deliberately not to a new file: if it does not exist, this is no control group.
  set: (file, text) => writeFileSync(file, text, { flag: 'r+' }),
  remove: rmdirSync,
};

/** The period over which the share of a CPU applies, in microseconds: Linux's default. */
const periodUs = 100_000;
const quotaUs = (periodUs / 100) * lambdaLike.cpuPercent;

/** Unique to this process: concurrent benches must not share a cap. */
const name = `trackkeeper-bench-${process.pid}`;

type Group = { parent: string; settings: Record<string, string> };
const versions: Record<string, readonly Group[]> = {
  'cgroup v2': [
    {
      parent: '/sys/fs/cgroup',
      settings: { 'cpu.max': `${quotaUs} ${periodUs}`, 'memory.max': `${memoryBytes}` },
    },
  ],
  'cgroup v1': [
    {
      parent: '/sys/fs/cgroup/cpu',
      settings: { 'cpu.cfs_period_us': `${periodUs}`, 'cpu.cfs_quota_us': `${quotaUs}` },
    },
    { parent: '/sys/fs/cgroup/memory', settings: { 'memory.limit_in_bytes': `${memoryBytes}` } },
  ],
};

/** A cap for the processes of one case, or why this machine cannot provide one. */
export function createCap(controlGroups: ControlGroups = thisMachine): Cap | { problem: string } {
  const problems: string[] = [];
  for (const [version, groups] of Object.entries(versions)) {
    const folders = groups.map(({ parent }) => join(parent, name));
    const remove = () => {
      for (const folder of folders) attempt(() => controlGroups.remove(folder));
    };
    const problem = attempt(() => {
      for (const { parent, settings } of groups) {
        const folder = join(parent, name);
        controlGroups.make(folder);
        for (const [file, text] of Object.entries(settings)) controlGroups.set(join(folder, file), text);
      }
    });
    if (problem === undefined) return { members: folders.map((folder) => join(folder, 'cgroup.procs')), remove };
    remove();
    problems.push(`${version}: ${problem}`);
  }
  return { problem: `this process can make no control group with a limit (${problems.join('; ')})` };
}

/** Above this the cap did not work: a share applies over each period, and overuse in one is deducted from the next. */
const slack = 1.25;

/** @throws if a run used more of the CPU than its share */
export function assertHeld({ cpuMs, wallMs }: Pick<Measurement, 'cpuMs' | 'wallMs'>): void {
  const percent = (cpuMs / wallMs) * 100;
  if (percent <= lambdaLike.cpuPercent * slack) return;
  throw new Error(`The cap did not hold: ${percent.toFixed(0)} % of a CPU, not ${lambdaLike.cpuPercent} %`);
}

/** Returns the error message, if any. A group that is missing or still in use is left as it is. */
function attempt(action: () => void): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
