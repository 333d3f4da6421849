import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { goalsReport } from '../../bench/goals-report.ts';
import { parseBenchOptions } from '../../bench/options.ts';
import { measureStartUp } from '../../bench/start-up/measure-start-up.ts';
import { startUpReport } from '../../bench/start-up/start-up-report.ts';
import { transferReport } from '../../bench/transfer-report.ts';
import { measureTransfers } from '../../bench/transfers.ts';

test('the bench measures each way at least once, and reports it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'trackkeeper-bench-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'package.json'), '{"type":"commonjs"}');
  const parsed = parseBenchOptions(['--quick', '--sizes', '1MB', '--capped', '0', '--verify']);
  if (parsed.kind !== 'options') throw new Error('the options are refused');
  const options = { ...parsed.options, limit: { bytesPerSecond: 20_000_000, bytes: 1_000_000 } };
  const { signal } = new AbortController();

  const transfers = await measureTransfers(folder, options, { say: () => {}, signal });
  const startUps = await measureStartUp(folder, 1, () => {});

  expect(new Set(transfers.series.map(({ case: { kind } }) => kind))).toEqual(new Set(['whole', 'warm', 'limited']));
  expect(transferReport(transfers)).toContain('1 MB');
  expect(startUpReport(startUps)).toContain('|');
  expect(goalsReport({ series: transfers.series, startUps })).toContain('|');
});
