// Compares the measured values with the goals.
import type { Case } from './cases.ts';
import { type GoalName, goals } from './goals.ts';
import { peakOf, ratioOf, type Series } from './series.ts';
import { type StartUp, usual } from './start-up/measure-start-up.ts';
import { medianRatio } from './statistics.ts';
import { markdownTable, nothing } from './table.ts';
import { awsCli, libStorage, ours, raw, rclone } from './ways/references.ts';

export type Measured = { series: readonly Series[]; startUps: readonly StartUp[] };
/** Undefined: not measured in this run. If there are several, the goal applies to each. */
type Figures = readonly (number | undefined)[];

const gibibyte = 1024 ** 3;
const large = { kind: 'whole', bytes: gibibyte } as const;
const peakSizes = [100_000_000, gibibyte, 5 * gibibyte];

const figuresOf: Record<GoalName, (measured: Measured) => Figures> = {
  cpuToRaw: ({ series }) => [against(series, raw, 'cpuMs', large)],
  cpuToLibStorage: ({ series }) => [against(series, libStorage, 'cpuMs', large)],
  cpuToRclone: ({ series }) => [against(series, rclone, 'cpuMs', large)],
  cpuToAws: ({ series }) => [against(series, awsCli, 'cpuMs', large)],
  peakMegabytes: ({ series }) => peakSizes.map((bytes) => peakMegabytes(find(series, ours, { kind: 'whole', bytes }))),
  cappedWallToRaw: ({ series }) => [against(series, raw, 'wallMs', { kind: 'capped', bytes: gibibyte })],
  warmCpuToLibStorage: ({ series }) => [against(series, libStorage, 'cpuMs', { kind: 'warm' })],
  limitedWallToRaw: ({ series }) => [against(series, raw, 'wallMs', { kind: 'limited' })],
  connections: ({ series }) => mostConnections(series.filter(({ way }) => way === ours)),
  receiverToUsual: ({ startUps }) => [startToUsual(startUps)],
  receiverKib: ({ startUps }) => [kibibytes(ourReceiver(startUps))],
};

export function goalsReport(measured: Measured): string {
  const rows = goals.map(({ name, what, first, second, digits }) => {
    const shown = figuresOf[name](measured).map((figure) => figure?.toFixed(digits) ?? nothing);
    const limits = [first, second].flatMap((limit) => [`≤ ${limit.toFixed(digits)}`, verdict(shown, limit)]);
    return [what, shown.join(' / '), ...limits];
  });
  return markdownTable(['goal', 'measured', 'first', 'reached', 'then', 'reached'], rows, 1);
}

/** A value over the limit fails the goal even if another value is missing. */
function verdict(shown: readonly string[], limit: number): string {
  if (shown.some((figure) => Number(figure) > limit)) return 'no';
  return shown.includes(nothing) ? nothing : 'yes';
}

type Wanted = { kind: Case['kind']; bytes?: number };

const find = (series: readonly Series[], way: string, { kind, bytes }: Wanted) =>
  series.find((one) => one.way === way && one.case.kind === kind && (bytes ?? one.case.bytes) === one.case.bytes);

function against(series: readonly Series[], way: string, figure: 'cpuMs' | 'wallMs', wanted: Wanted) {
  return ratioOf(find(series, ours, wanted), find(series, way, wanted), figure);
}

function peakMegabytes(one: Series | undefined): number | undefined {
  const peak = one === undefined ? undefined : peakOf(one);
  return peak === undefined ? undefined : peak / 1e6;
}

/** In one process that transfers several files, they add up. */
function mostConnections(series: readonly Series[]): Figures {
  const runs = series.filter((one) => one.case.kind !== 'warm').flatMap((one) => one.runs);
  if (runs.length === 0) return [undefined];
  return [runs.map(({ source }) => source), runs.map(({ sink }) => sink)].map((uses) =>
    Math.max(...uses.map(({ connections }) => connections)),
  );
}

const ourReceiver = (startUps: readonly StartUp[]) => startUps.find(({ name }) => name === 'our receiver');

function startToUsual(startUps: readonly StartUp[]): number | undefined {
  const [one, other] = [ourReceiver(startUps), startUps.find(({ name }) => name === usual)];
  if (one === undefined || other === undefined) return undefined;
  const wholes = ({ starts }: StartUp) => starts.map(({ wholeMs }) => wholeMs);
  return medianRatio(wholes(one), wholes(other));
}

const kibibytes = (one: StartUp | undefined) => (one?.bytes ? one.bytes / 1024 : undefined);
