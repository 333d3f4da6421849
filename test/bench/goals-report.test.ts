import { expect, test } from 'vitest';
import type { Case } from '../../bench/cases.ts';
import { goals } from '../../bench/goals.ts';
import { goalsReport } from '../../bench/goals-report.ts';
import type { Series } from '../../bench/series.ts';
import { type StartUp, usual } from '../../bench/start-up/measure-start-up.ts';
import { awsCli, libStorage, ours, raw, rclone } from '../../bench/ways/references.ts';

const gibibyte = 1024 ** 3;

type Figures = { cpuMs?: number; wallMs?: number; peakBytes?: number; connections?: [number, number] };

function seriesOf(way: string, { kind = 'whole', bytes = gibibyte }: Partial<Case>, figures: Figures = {}): Series {
  const { cpuMs = 100, wallMs = 100, peakBytes = 100e6, connections = [1, 1] } = figures;
  const [source, sink] = connections.map((count) => ({ busy: 0, connections: count }));
  if (source === undefined || sink === undefined) throw new Error('There are two sides.');
  const each: Case = { kind, title: `${kind} ${bytes}`, bytes, rounds: 1 };
  return { case: each, way, runs: [{ cpuMs, wallMs, peakBytes, source, sink }] };
}

const startUpOf = (name: string, bytes: number, wholeMs: number): StartUp => ({ name, bytes, starts: [{ wholeMs }] });

/** The cells of a goal's row: measured, first, reached, then, reached. */
function row(what: string, series: readonly Series[], startUps: readonly StartUp[] = []) {
  const lines = goalsReport({ series, startUps }).replaceAll('\\|', 'to').split('\n');
  const cells = lines.find((line) => line.includes(what))?.split('|');
  return cells?.map((cell) => cell.trim()).slice(2, -1);
}

test('every goal has a row, also where nothing was measured', () => {
  const rows = goalsReport({ series: [], startUps: [] }).split('\n').slice(2);

  expect(rows).toHaveLength(goals.length);
  expect(rows.filter((line) => /yes|no\b/.test(line))).toEqual([]);
});

test('a figure reaches a limit that it equals as shown, and misses one that it exceeds', () => {
  const series = [seriesOf(raw, {}, { cpuMs: 100 }), seriesOf(ours, {}, { cpuMs: 125.4 })];

  expect(row('CPU against raw', series)).toEqual(['1.25', '≤ 1.25', 'yes', '≤ 0.80', 'no']);
});

test.each([libStorage, rclone, awsCli])('a large file is held against %s, and a small one is not', (way) => {
  const series = [seriesOf(ours, {}, { cpuMs: 25 }), seriesOf(way, {}), seriesOf(way, { bytes: 1e7 }, { cpuMs: 1 })];

  expect(row(way.replace('|', 'to'), series)?.[0]).toBe('0.25');
});

test('the peak is that of three sizes, and none may be over the limit', () => {
  const sizes = [100_000_000, gibibyte, 5 * gibibyte];
  const peaks = [100e6, 110e6, 130e6];
  const all = sizes.map((bytes, index) => seriesOf(ours, { bytes }, { peakBytes: peaks[index] }));

  expect(row('peak MB', all)).toEqual(['100 / 110 / 130', '≤ 200', 'yes', '≤ 128', 'no']);
  expect(row('peak MB', all.slice(0, 2))).toEqual(['100 / 110 / –', '≤ 200', '–', '≤ 128', '–']);
  expect(row('peak MB', all.slice(2))).toEqual(['– / – / 130', '≤ 200', '–', '≤ 128', 'no']);
});

test('capped and limited transfers are judged by the time they take, warm ones by their CPU', () => {
  const series = [
    seriesOf(ours, { kind: 'capped' }, { wallMs: 120 }),
    seriesOf(raw, { kind: 'capped' }),
    seriesOf(ours, { kind: 'limited', bytes: 2e8 }, { wallMs: 20 }),
    seriesOf(raw, { kind: 'limited', bytes: 2e8 }),
    seriesOf(ours, { kind: 'warm', bytes: 1e7 }, { cpuMs: 40 }),
    seriesOf(libStorage, { kind: 'warm', bytes: 1e7 }),
  ];

  expect(row('14 % CPU', series)?.[0]).toBe('1.20');
  expect(row('limited source', series)?.[0]).toBe('0.20');
  expect(row('a further song', series)?.[0]).toBe('0.40');
});

test('a smaller file under a cap says nothing of the goal', () => {
  const small = { kind: 'capped', bytes: 100_000_000 } as const;

  expect(row('14 % CPU', [seriesOf(ours, small), seriesOf(raw, small)])?.[0]).toBe('–');
});

test('connections are the most that any of our transfers opened to either side, but for the songs of a warm process', () => {
  const series = [
    seriesOf(ours, {}, { connections: [3, 11] }),
    seriesOf(ours, { kind: 'limited' }, { connections: [9, 2] }),
    seriesOf(ours, { kind: 'warm' }, { connections: [80, 80] }),
    seriesOf(libStorage, {}, { connections: [1, 206] }),
  ];

  expect(row('connections', series)).toEqual(['9 / 11', '≤ 10', 'no', '≤ 10', 'no']);
});

test('the receiver is held against the usual stack, and its bundle against a size', () => {
  const startUps = [startUpOf(usual, 800 * 1024, 200), startUpOf('our receiver', 400 * 1024, 120)];

  expect(row('whole start', [], startUps)).toEqual(['0.60', '≤ 0.75', 'yes', '≤ 0.60', 'yes']);
  expect(row('KiB', [], startUps)).toEqual(['400', '≤ 550', 'yes', '≤ 350', 'no']);
});
