import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { createLogger } from '../../../functions/adapters/logger.ts';
import { type Measure, measures } from '../../../functions/domain/metrics.ts';
import type { LogFields } from '../../../functions/ports.ts';

const now = new Date('2026-11-21T15:00:00Z');

function openLog() {
  const lines: string[] = [];
  const log = createLogger({ write: (line) => lines.push(line), clock: { now: () => now }, stackName: 'trackkeeper' });
  return { lines, log };
}

/** The log line of one event, read as CloudWatch reads it. */
function logged(event: string, fields: LogFields): Record<string, unknown> {
  const { lines, log } = openLog();
  log('info', event, fields);
  return JSON.parse(lines.join(''));
}

test('writes one JSON object for each thing that happened', () => {
  const { lines, log } = openLog();

  log('info', 'event', { taskId: 't', bytes: 3, failure: null, code: undefined });
  log('warn', 'bare');

  expect(lines).toEqual([
    '{"time":"2026-11-21T15:00:00.000Z","level":"info","event":"event","taskId":"t","bytes":3,"failure":null}',
    '{"time":"2026-11-21T15:00:00.000Z","level":"warn","event":"bare"}',
  ]);
});

test('keeps hostile texts short, complete and on their line', () => {
  const { lines, log } = openLog();

  log('info', 'task', { title: `\n\u2028${'🎵'.repeat(5_000)}` });

  expect(lines.join('')).not.toContain('\n');
  expect(JSON.parse(lines.join('')).title).toBe(`\n\u2028${'🎵'.repeat(499)}`);
  expect(lines.join('').length).toBeLessThan(1_200);
});

/** Events, fields, dimensions beside `service`, and the value of each metric with its unit. */
test.each<[string, LogFields, Record<string, string>, Record<string, [string, number]>]>([
  [
    'callback',
    { outcome: 'received', ms: 12, bytes: 300 },
    { outcome: 'received' },
    { Answers: ['Count', 1], AckTime: ['Milliseconds', 12] },
  ],
  ['callback', { outcome: 'unqueued' }, { outcome: 'unqueued' }, { Answers: ['Count', 1] }],
  ['callback', { outcome: 'ready', ms: Number.NaN }, { outcome: 'ready' }, { Answers: ['Count', 1] }],
  [
    'callback.kept',
    { kind: 'music', stage: 'first', taskId: 't' },
    { kind: 'music', stage: 'first' },
    { Callbacks: ['Count', 1] },
  ],
  ['callback.unrecognised', { key: 'k' }, {}, { Unrecognised: ['Count', 1] }],
  [
    'transfer.ended',
    { verdict: 'stored', outcome: 'stored', bytes: 5e9 },
    { verdict: 'stored' },
    { Transfers: ['Count', 1], Bytes: ['Bytes', 5e9] },
  ],
  ['transfer.ended', { verdict: 'retry' }, { verdict: 'retry' }, { Transfers: ['Count', 1] }],
  ['task', { taskId: 't', hoursLeft: 0 }, {}, { HoursToDeadline: ['None', 0] }],
  ['tasks.open', { count: 0 }, {}, { OpenTasks: ['Count', 0] }],
  ['provider.asked', { refusal: 'key' }, { refusal: 'key' }, { ProviderRefusals: ['Count', 1] }],
  ['archiver.failed', { detail: 'x' }, {}, { ArchiverFailures: ['Count', 1] }],
  ['archiver.unavailable', {}, {}, { ArchiverHindrances: ['Count', 1] }],
])('%s with %o carries its metrics in its own line', (event, fields, dimensions, metrics) => {
  const all = Object.entries(metrics);

  expect(logged(event, fields)).toEqual({
    ...{ time: now.toISOString(), level: 'info', event },
    ...JSON.parse(JSON.stringify(fields)),
    _aws: {
      Timestamp: now.getTime(),
      CloudWatchMetrics: [
        {
          Namespace: 'Trackkeeper',
          Dimensions: [['service', ...Object.keys(dimensions)]],
          Metrics: all.map(([Name, [Unit]]) => ({ Name, Unit })),
        },
      ],
    },
    service: 'trackkeeper',
    ...dimensions,
    ...Object.fromEntries(all.map(([name, [, value]]) => [name, value])),
  });
});

test.each<[string, LogFields]>([
  ['sweep', { swept: 1 }],
  ['callback', { ms: 12 }],
  ['callback', { outcome: '', ms: 12 }],
  ['callback', { outcome: ' \n', ms: 12 }],
  ['callback.kept', { kind: 'music' }],
  ['provider.asked', { outcome: 'refused', refusal: null }],
  ['provider.asked', { outcome: 'answered' }],
  ['task', { status: 'archived' }],
  ['task', { hoursLeft: Number.POSITIVE_INFINITY }],
  ['tasks.open', { count: '7' }],
  ['toString', {}],
  ['__proto__', {}],
])('%s with %o is a line without metrics', (event, fields) => {
  expect(logged(event, fields)).toEqual({
    ...{ time: now.toISOString(), level: 'info', event },
    ...JSON.parse(JSON.stringify(fields)),
  });
});

test('no field makes the log throw or print, and every metric is a number with dimensions that are texts', () => {
  const written = [vi.spyOn(process.stdout, 'write'), vi.spyOn(process.stderr, 'write')];
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', ' ', '\t\n', 'service', '_aws'));
  const value = fc.oneof(text, fc.double(), fc.boolean(), fc.constantFrom(null, undefined));
  const names = Object.values<Measure>(measures).flatMap(({ by = [], metrics }) => [
    ...by,
    ...Object.values(metrics).flatMap(({ of }) => of ?? []),
  ]);
  const fields = fc.dictionary(fc.oneof(fc.constantFrom(...names), text), value);

  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(measures)), fields, (event, { _aws, ...given }) => {
      const line = logged(event, given);
      const { by = [], metrics = {} } = new Map<string, Measure>(Object.entries(measures)).get(event) ?? {};
      if (line._aws === undefined) return;
      for (const name of ['service', ...by]) expect(String(line[name]).trim()).not.toBe('');
      expect(Object.keys(metrics).filter((name) => Number.isFinite(line[name]))).not.toEqual([]);
    }),
  );

  expect(written.map((stream) => stream.mock.calls)).toEqual([[], []]);
  for (const stream of written) stream.mockRestore();
});
