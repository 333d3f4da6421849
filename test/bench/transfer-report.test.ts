import { expect, test } from 'vitest';
import type { Case } from '../../bench/cases.ts';
import type { Series } from '../../bench/series.ts';
import { transferReport } from '../../bench/transfer-report.ts';
import { libStorage, raw } from '../../bench/ways/references.ts';

const song: Case = { kind: 'whole', title: 'a song', bytes: 10, rounds: 2 };

function seriesOf(way: string, cpuMs: readonly number[], { wallMs = 100, sinkBusy = 0.5, each = song } = {}): Series {
  const [source, sink] = [
    { busy: 0.25, connections: 1 },
    { busy: sinkBusy, connections: 3 },
  ];
  return { case: each, way, runs: cpuMs.map((ms) => ({ cpuMs: ms, wallMs, peakBytes: 50e6, source, sink })) };
}

const cellsOf = (line = '') => line.split('|').map((cell) => cell.trim());

test('each way is held against the two references of its own case', () => {
  const other: Case = { ...song, title: 'another' };
  const series = [
    seriesOf(raw, [10, 20]),
    seriesOf(libStorage, [40, 80]),
    seriesOf('ours', [20, 40], { wallMs: 50 }),
    seriesOf(raw, [1000, 1000], { each: other }),
  ];

  const [, , ...rows] = transferReport({ series, skipped: [] }).split('\n');

  expect(cellsOf(rows[2])).toEqual(['', '', 'ours', '2.00', '0.50', '0.50', '50', '1 + 3', '']);
  expect(cellsOf(rows[3])).toEqual(['', 'another', raw, '1.00', '–', '1.00', '50', '1 + 3', '']);
});

test.each([
  { sinkBusy: 0.9, verdict: 'sink 90 % (raw, a song); neither was the bottleneck.' },
  { sinkBusy: 0.95, verdict: "the wall times of these are the server's, not the way's: sink 95 % (raw, a song)." },
])('a sink that is busy for $sinkBusy of the time is judged', ({ sinkBusy, verdict }) => {
  const report = transferReport({ series: [seriesOf(raw, [10], { sinkBusy })], skipped: [] });

  expect(report).toContain(verdict);
});

test('a way that was left out is named with the reason', () => {
  expect(transferReport({ series: [], skipped: ['rclone is left out: it is not installed'] })).toContain(
    'rclone is left',
  );
});
