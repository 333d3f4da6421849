import { describe, expect, test } from 'vitest';
import { assertHeld, type ControlGroups, createCap, lambdaLike } from '../../bench/measure/cap.ts';

type Machine = {
  /** The files that a new group below each of these folders has. */
  controllers: Record<string, readonly string[]>;
  isAllowed?: boolean;
};

/** The control groups of a machine, in memory: each group with what was set in it. */
function startMachine({ controllers, isAllowed = true }: Machine) {
  const groups: Record<string, Record<string, string>> = {};
  const split = (path: string) =>
    [path.slice(0, path.lastIndexOf('/')), path.slice(path.lastIndexOf('/') + 1)] as const;
  const controlGroups: ControlGroups = {
    make(folder) {
      if (!isAllowed) throw new Error('EACCES');
      if (!(split(folder)[0] in controllers)) throw new Error('ENOENT');
      groups[folder] ??= {};
    },
    set(file, text) {
      const [folder, name] = split(file);
      if (!controllers[split(folder)[0]]?.includes(name)) throw new Error(`ENOENT: ${name}`);
      groups[folder] = { ...groups[folder], [name]: text };
    },
    remove(folder) {
      if (!(folder in groups)) throw new Error('ENOENT');
      delete groups[folder];
    },
  };
  return { controlGroups, groups };
}

const bytes = `${lambdaLike.memoryMb * 1024 ** 2}`;
const name = `trackkeeper-bench-${process.pid}`;
const machines: (Machine & { version: string; groups: Record<string, Record<string, string>> })[] = [
  {
    version: 'cgroup v2',
    controllers: { '/sys/fs/cgroup': ['cpu.max', 'memory.max'] },
    groups: { [`/sys/fs/cgroup/${name}`]: { 'cpu.max': '14000 100000', 'memory.max': bytes } },
  },
  {
    version: 'cgroup v1',
    controllers: {
      '/sys/fs/cgroup': [],
      '/sys/fs/cgroup/cpu': ['cpu.cfs_period_us', 'cpu.cfs_quota_us'],
      '/sys/fs/cgroup/memory': ['memory.limit_in_bytes'],
    },
    groups: {
      [`/sys/fs/cgroup/cpu/${name}`]: { 'cpu.cfs_period_us': '100000', 'cpu.cfs_quota_us': '14000' },
      [`/sys/fs/cgroup/memory/${name}`]: { 'memory.limit_in_bytes': bytes },
    },
  },
];

describe('createCap', () => {
  test.each(machines)('holds processes to 256 MB and 14 % of a CPU by $version, until it is removed', (machine) => {
    const { controlGroups, groups } = startMachine(machine);

    const cap = createCap(controlGroups);
    const made = structuredClone(groups);
    if ('remove' in cap) cap.remove();

    expect(made).toEqual(machine.groups);
    expect(cap).toMatchObject({ members: Object.keys(machine.groups).map((folder) => `${folder}/cgroup.procs`) });
    expect(groups).toEqual({});
  });

  test('takes up a group that a killed process of the same id has left behind', () => {
    const { controlGroups, groups } = startMachine({ controllers: { '/sys/fs/cgroup': ['cpu.max', 'memory.max'] } });
    createCap(controlGroups);

    const cap = createCap(controlGroups);
    if ('remove' in cap) cap.remove();

    expect(groups).toEqual({});
  });

  test.each<Machine & { machine: string; named: string }>([
    { machine: 'without control groups', controllers: {}, named: 'ENOENT' },
    {
      machine: 'that lets this process make none',
      controllers: { '/sys/fs/cgroup': ['cpu.max', 'memory.max'] },
      isAllowed: false,
      named: 'EACCES',
    },
    {
      machine: 'that limits a CPU and no memory',
      controllers: { '/sys/fs/cgroup': ['cpu.max'] },
      named: 'memory.max',
    },
  ])('says why there is none on a machine $machine, and leaves nothing behind', ({ named, ...machine }) => {
    const { controlGroups, groups } = startMachine(machine);

    const cap = createCap(controlGroups);

    expect(cap).toEqual({ problem: expect.stringContaining(named) });
    expect(groups).toEqual({});
  });

  test('lets go without a word of a group that is still in use', () => {
    const { controlGroups } = startMachine({ controllers: { '/sys/fs/cgroup': ['cpu.max', 'memory.max'] } });
    const busy = () => {
      throw new Error('EBUSY');
    };

    const cap = createCap({ ...controlGroups, remove: busy });

    expect(() => 'remove' in cap && cap.remove()).not.toThrow();
  });
});

describe('assertHeld', () => {
  test.each([
    { cpuMs: 140, isHeld: true },
    { cpuMs: 175, isHeld: true },
    { cpuMs: 176, isHeld: false },
  ])('$cpuMs ms of CPU in a second were held to 14 %: $isHeld', ({ cpuMs, isHeld }) => {
    const assert = () => assertHeld({ cpuMs, wallMs: 1000 });

    if (isHeld) expect(assert).not.toThrow();
    else expect(assert).toThrow('did not hold: 18 %');
  });
});
