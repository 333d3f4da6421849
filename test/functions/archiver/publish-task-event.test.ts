// Publishing on EventBridge while other invocations write the same record.
import { expect, test } from 'vitest';
import { createRecordUpdate } from '../../../functions/archiver/records.ts';
import { publishTaskEvents } from '../../../functions/archiver/task-events.ts';
import { mergeExpected } from '../../../functions/domain/merge.ts';
import { type Asset, type TaskRecord, taskRecord } from '../../../functions/domain/record.ts';
import { openAsset } from '../../../functions/domain/reopen.ts';
import type { LogFields } from '../../../functions/ports.ts';
import { inMemoryBucket } from '../../doubles/in-memory-bucket.ts';
import { inMemoryEventBus } from '../../doubles/in-memory-event-bus.ts';

const now = new Date('2026-11-20T10:00:00.000Z');
const waiting = mergeExpected(
  undefined,
  { provider: 'kie.ai', kind: 'music', taskId: 'task' },
  { receivedAt: now.toISOString(), labels: {} },
);
const assetIn = (state: Asset['state'], trackId: string): Asset => ({
  ...openAsset({ kind: 'audio', trackId, name: '', sources: [] }),
  ...{ state, deadline: '2026-12-04T10:00:00.000Z' },
});
const missing = { code: null, outcome: 'missing', msg: 'never heard of again', advice: '' };

function world(record: TaskRecord, { isDown = false } = {}) {
  const bucket = inMemoryBucket();
  const save = (changed: TaskRecord) =>
    bucket.write('tasks/task.json', JSON.stringify(changed), { contentType: 'application/json' });
  const saved = () => taskRecord.parse(JSON.parse(bucket.objects.get('tasks/task.json')?.bytes.toString() ?? ''));
  const lines: LogFields[] = [];
  const lost = () => lines.flatMap((fields) => ('lost' in fields ? [fields.lost] : []));
  const bus = inMemoryEventBus({ isDown: () => isDown });
  const publish = async (meanwhile = async () => {}) => {
    await save(record);
    await publishTaskEvents(record, {
      bus: {
        async put(event) {
          await bus.put(event);
          await meanwhile();
        },
      },
      update: createRecordUpdate(bucket, 'task'),
      origin: { stack: 'test', bucket: 'music' },
      clock: { now: () => now },
      log: (_, __, fields = {}) => void lines.push(fields),
    });
  };
  return { save, saved, lines, lost, bus, publish };
}

const ended = (more: Partial<TaskRecord> = {}): TaskRecord => ({
  ...{ ...waiting, dueAt: null, status: 'archived' },
  stages: [{ stage: 'complete', code: 200, at: now.toISOString() }],
  ...more,
});

test('P3: changes by another callback during publishing stay in the record', async () => {
  const record = ended({ assets: [assetIn('stored', 'a')] });
  const { save, saved, bus, publish } = world(record);
  const added = { assets: [...record.assets, assetIn('open', 'late')], labels: { from: 'the other one' } };

  await publish(async () => void (await save({ ...saved(), ...added })));

  expect(saved()).toMatchObject({ assets: [{ trackId: 'a' }, { trackId: 'late' }], labels: added.labels });
  expect(bus.events.map(({ type }) => type)).toEqual(['MediaReady', 'TaskArchived']);
  expect(saved().announced).toEqual(bus.events.map(({ detail }) => detail.id));
});

test('an event is marked as announced only after EventBridge has it, so a crash in between publishes it again', async () => {
  const { saved, bus, publish } = world(ended());
  const announcedBefore: string[][] = [];

  await publish(async () => void announcedBefore.push(saved().announced));

  const ids = bus.events.map(({ detail }) => detail.id);
  expect(announcedBefore).toEqual([[], []]);
  expect([saved().announced, ids.length]).toEqual([ids, 2]);
});

test('an event that EventBridge does not accept is neither marked nor logged', async () => {
  const { saved, lines, publish } = world(ended(), { isDown: true });

  await expect(publish()).rejects.toThrow('PutEvents');

  expect([saved().announced, lines]).toEqual([[], []]);
});

test('no event is published for an open task', async () => {
  const { saved, lines, bus, publish } = world(waiting);

  await publish();

  expect([saved().announced, lines, bus.events]).toEqual([[], [], []]);
});

test.each<[string, Partial<TaskRecord>, (number | undefined)[]]>([
  ['files that were given up', { status: 'failed', assets: [assetIn('failed', 'a'), assetIn('failed', 'b')] }, [2]],
  ['a task without any callback', { status: 'failed', failure: missing }, [1]],
  ['both', { status: 'failed', failure: missing, assets: [assetIn('failed', 'a')] }, [2]],
  ['files in quarantine', { status: 'failed', assets: [assetIn('quarantined', 'a')] }, [undefined]],
  [
    'a task that the provider rejected',
    { status: 'failed', failure: { ...missing, outcome: 'rejected' } },
    [undefined],
  ],
  [
    'a task at risk that had failed before',
    { firstSeenAt: '2026-11-07T10:00:00.000Z', status: 'archiving', failure: missing, assets: [assetIn('open', 'a')] },
    [undefined],
  ],
  ['stored files, with both of their events', { assets: [assetIn('stored', 'a')] }, [undefined, undefined]],
])('the log counts lost files: %s', async (_, more, counts) => {
  const { lost, publish } = world(ended(more));

  await publish();

  expect(lost()).toEqual(counts);
});

test('the log counts a suspect file once, with the first of its events', async () => {
  const suspect = { ...assetIn('stored', 'a'), suspect: 'it is 12.0 s long; the callback says 198.0 s' };
  const { lines, publish } = world(ended({ assets: [suspect, assetIn('stored', 'b')] }));

  await publish();

  expect(lines.map((line) => [line.type, line.suspect])).toEqual([
    ['MediaReady', 1],
    ['TaskArchived', undefined],
  ]);
});

test('P9: the log counts files that every source has refused for hours, and has the answer of their host', async () => {
  const since = new Date(now.getTime() - 7 * 3_600_000).toISOString();
  const attempts = [{ at: since, source: 'https://h.example/a', code: 'forbidden', detail: 'the host answered 403' }];
  const refused = { ...assetIn('open', 'a'), failingSince: since, attempts };
  const { lines, publish } = world(ended({ status: 'archiving', assets: [refused, assetIn('open', 'b')] }));

  await publish();

  expect(lines).toMatchObject([
    { type: 'AssetAtRisk', refused: 1 },
    { answer: 'the host answered 403', hoursLeft: 14 * 24, problem: null },
  ]);
});
