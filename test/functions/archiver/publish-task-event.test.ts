// Telling on EventBridge while others write the same record.
import { expect, test } from 'vitest';
import { createRecordUpdate } from '../../../functions/archiver/records.ts';
import { tell } from '../../../functions/archiver/tell.ts';
import { openAsset } from '../../../functions/domain/asset.ts';
import { mergeExpected } from '../../../functions/domain/merge.ts';
import { type Asset, type TaskRecord, taskRecord } from '../../../functions/domain/record.ts';
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
  const lines: unknown[] = [];
  const bus = inMemoryEventBus({ isDown: () => isDown });
  const tellAll = async (meanwhile = async () => {}) => {
    await save(record);
    await tell(record, {
      bus: {
        async put(event) {
          await bus.put(event);
          await meanwhile();
        },
      },
      update: createRecordUpdate(bucket, 'task'),
      origin: { stack: 'test', bucket: 'music' },
      clock: { now: () => now },
      log: (_, __, fields) => void lines.push(fields),
    });
  };
  return { save, saved, lines, bus, tellAll };
}

const ended = (more: Partial<TaskRecord> = {}): TaskRecord => ({
  ...{ ...waiting, dueAt: null, status: 'archived' },
  stages: [{ stage: 'complete', code: 200, at: now.toISOString() }],
  ...more,
});

test('P3: what another callback added while the end was told stays in the record', async () => {
  const record = ended({ assets: [assetIn('stored', 'a')] });
  const { save, saved, bus, tellAll } = world(record);
  const added = { ...record, assets: [...record.assets, assetIn('open', 'late')], labels: { from: 'the other one' } };

  await tellAll(async () => void (await save(added)));

  expect(saved()).toMatchObject({ assets: [{ trackId: 'a' }, { trackId: 'late' }], labels: added.labels });
  expect(saved().announced).toEqual(bus.events.map(({ detail }) => detail.id));
});

test('it is noted only after the bus has it: whoever dies in between tells it again', async () => {
  const { saved, bus, tellAll } = world(ended());
  const notedBefore: string[][] = [];

  await tellAll(async () => void notedBefore.push(saved().announced));

  expect(notedBefore).toEqual([[]]);
  expect(saved().announced).toEqual(bus.events.map(({ detail }) => detail.id));
});

test('where the bus takes nothing, nothing is noted, and nothing is said to have been told', async () => {
  const { saved, lines, tellAll } = world(ended(), { isDown: true });

  await expect(tellAll()).rejects.toThrow('PutEvents');

  expect([saved().announced, lines]).toEqual([[], []]);
});

test('of what is still on its way nothing is told', async () => {
  const { saved, lines, bus, tellAll } = world(waiting);

  await tellAll();

  expect([saved().announced, lines, bus.events]).toEqual([[], [], []]);
});

test.each<[string, Partial<TaskRecord>, number | undefined]>([
  ['files that were given up', { status: 'failed', assets: [assetIn('failed', 'a'), assetIn('failed', 'b')] }, 2],
  ['a task that was never heard of', { status: 'failed', failure: missing }, 1],
  ['both', { status: 'failed', failure: missing, assets: [assetIn('failed', 'a')] }, 2],
  ['what is in quarantine', { status: 'failed', assets: [assetIn('quarantined', 'a')] }, undefined],
  ['what the provider refused', { status: 'failed', failure: { ...missing, outcome: 'rejected' } }, undefined],
  [
    'what is at risk, of a task that was given up before',
    { firstSeenAt: '2026-11-07T10:00:00.000Z', status: 'archiving', failure: missing, assets: [assetIn('open', 'a')] },
    undefined,
  ],
  ['what is there', { assets: [assetIn('stored', 'a')] }, undefined],
])('music counts as lost by what the end tells: %s', async (_, more, lost) => {
  const { lines, tellAll } = world(ended(more));

  await tellAll();

  expect(lines).toEqual([expect.objectContaining({ taskId: 'task', lost })]);
});
