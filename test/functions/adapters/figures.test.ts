import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { createFigures } from '../../../functions/adapters/figures.ts';
import { type Measure, measures } from '../../../functions/domain/metrics.ts';
import type { LogFields } from '../../../functions/ports.ts';

const figuresOf = createFigures('trackkeeper');

/** Events, fields, dimensions beside `service`, and what is counted in which of CloudWatch's units. */
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
  ['archiver.hindered', {}, {}, { ArchiverHindrances: ['Count', 1] }],
])('%s with %o becomes figures of its own', (event, fields, dimensions, figures) => {
  const all = Object.entries(figures);

  expect(figuresOf(event, fields)).toEqual({
    _aws: {
      Timestamp: expect.any(Number),
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
])('%s with %o is no figure', (event, fields) => {
  expect(figuresOf(event, fields)).toEqual({});
});

test('a line knows nothing of those before it', () => {
  const first = createFigures('one');
  first('callback', { outcome: 'received', ms: 1 });
  first('callback', { outcome: 'unqueued', ms: 2 });

  expect(first('tasks.open', { count: 3 })).toMatchObject({
    _aws: { CloudWatchMetrics: [{ Dimensions: [['service']], Metrics: [{ Name: 'OpenTasks' }] }] },
    OpenTasks: 3,
  });
  expect(first('tasks.open', { count: 4 })).not.toHaveProperty('AckTime');
});

test('whatever the fields are, nothing is thrown and nothing printed, and figures are numbers and words', () => {
  const written = [vi.spyOn(process.stdout, 'write'), vi.spyOn(process.stderr, 'write')];
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', ' ', '\t\n', 'service', '_aws'));
  const value = fc.oneof(text, fc.double(), fc.boolean(), fc.constantFrom(null, undefined));
  const names = Object.values<Measure>(measures).flatMap(({ by = [], metrics }) => [
    ...by,
    ...Object.values(metrics).flatMap(({ of }) => of ?? []),
  ]);
  const fields = fc.dictionary(fc.oneof(fc.constantFrom(...names), text), value);

  fc.assert(
    fc.property(text, fc.constantFrom(...Object.keys(measures)), fields, (stackName, event, given) => {
      for (const [name, figure] of Object.entries(createFigures(stackName)(event, given))) {
        if (name === '_aws') continue;
        if (typeof figure === 'string') expect(figure).not.toBe('');
        else expect(figure).toSatisfy(Number.isFinite);
      }
    }),
  );

  expect(written.map((stream) => stream.mock.calls)).toEqual([[], []]);
  for (const stream of written) stream.mockRestore();
});
