// The project's goals, in two steps. They are chosen, not measured: changing one changes what the project aims for. A
// value meets its goal if it is at most the limit.

/** `digits`: decimal places; a value is compared as it is shown. */
type Goal = { name: string; what: string; first: number; second: number; digits: number };

/** The archiver's maximum for one file, and two to spare. */
const connections = 8 + 2;

export const goals = [
  { name: 'cpuToRaw', what: '1 GiB, CPU against raw', first: 1.25, second: 0.8, digits: 2 },
  { name: 'cpuToLibStorage', what: '… against lib-storage Upload', first: 0.45, second: 0.27, digits: 2 },
  { name: 'cpuToRclone', what: '… against rclone copyurl', first: 0.45, second: 0.27, digits: 2 },
  { name: 'cpuToAws', what: '… against curl | aws s3 cp -', first: 0.6, second: 0.36, digits: 2 },
  { name: 'peakMegabytes', what: 'peak MB at 100 MB / 1 GiB / 5 GiB', first: 200, second: 128, digits: 0 },
  { name: 'cappedWallToRaw', what: '1 GiB, 256 MB, 14 % CPU: wall against raw', first: 1.3, second: 0.9, digits: 2 },
  { name: 'warmCpuToLibStorage', what: 'a further song: CPU against lib-storage', first: 0.5, second: 0.3, digits: 2 },
  { name: 'limitedWallToRaw', what: 'limited source: wall against one stream', first: 0.25, second: 0.17, digits: 2 },
  { name: 'connections', what: 'connections to source / sink', first: connections, second: connections, digits: 0 },
  { name: 'receiverToUsual', what: "receiver's whole start against the usual", first: 0.75, second: 0.6, digits: 2 },
  { name: 'receiverKib', what: "receiver's bundle, KiB", first: 550, second: 350, digits: 0 },
] as const satisfies readonly Goal[];

export type GoalName = (typeof goals)[number]['name'];
