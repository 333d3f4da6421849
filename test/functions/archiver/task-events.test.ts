import { describe, expect, test } from 'vitest';
import { type EventOrigin, markAnnounced, pendingEvent } from '../../../functions/archiver/task-events.ts';
import { sha256 } from '../../../functions/domain/file-name.ts';
import { mergeExpected } from '../../../functions/domain/merge.ts';
import type { Asset, TaskRecord } from '../../../functions/domain/record.ts';
import { openAsset } from '../../../functions/domain/reopen.ts';
import { eventLimits, type TaskEvent, taskEventDetail } from '../../../functions/domain/task-event.ts';

const origin: EventOrigin = { stack: 'Trackkeeper', bucket: 'music' };
const seen = '2026-11-01T00:00:00.000Z';
const deadline = '2026-11-15T00:00:00.000Z';
const at = (time: string) => new Date(time);
const soon = at('2026-11-01T00:05:00.000Z');

const waiting = mergeExpected(
  undefined,
  { provider: 'kie.ai', kind: 'music', taskId: 'task' },
  { receivedAt: seen, labels: { project: 'demo' } },
);
const open = (trackId: string) => openAsset({ kind: 'audio', trackId, name: '', sources: [] });
const stored = (trackId: string, more: Partial<Asset> = {}): Asset => ({
  ...open(trackId),
  ...{ state: 'stored', key: `library/${trackId}.mp3`, bytes: 5, crc32: 'AAAAAA==', contentType: 'audio/mpeg' },
  ...more,
});
const archived = (assets: Asset[], more: Partial<TaskRecord> = {}): TaskRecord => ({
  ...waiting,
  stages: [{ stage: 'complete', code: 200, at: seen }],
  ...{ status: 'archived', assets },
  ...more,
});
const refused = { code: 400, outcome: 'rejected', msg: 'no', advice: 'other words' };
const eventOf = (record: TaskRecord, now = soon) => pendingEvent(record, origin, now);
const idOf = (record: TaskRecord, now?: Date) => eventOf(record, now)?.detail.id;

/** All pending events, in order, and the record in which they are announced. */
function publishAll(record: TaskRecord, now = soon): { events: TaskEvent[]; record: TaskRecord } {
  const event = eventOf(record, now);
  if (event === null) return { events: [], record };
  const after = publishAll(markAnnounced(record, event.detail.id), now);
  return { events: [event, ...after.events], record: after.record };
}
const typesOf = (record: TaskRecord, now?: Date) => publishAll(record, now).events.map(({ type }) => type);

describe('the end of a task', () => {
  test('is announced with the keys of its files', () => {
    const event = publishAll(archived([stored('a')])).events.at(-1);

    expect(event).toEqual({
      type: 'TaskArchived',
      at: soon,
      detail: {
        schemaVersion: 1,
        id: expect.stringMatching(/^[0-9a-f]{32}$/),
        ...{ stack: 'Trackkeeper', bucket: 'music', record: 'tasks/task.json', taskId: 'task' },
        ...{ provider: 'kie.ai', kind: 'music', labels: { project: 'demo' }, failure: null, deadline, hoursLeft: null },
        missing: [],
        assets: [
          {
            ...{ kind: 'audio', trackId: 'a', name: '', state: 'stored', key: 'library/a.mp3' },
            ...{ bytes: 5, crc32: 'AAAAAA==', contentType: 'audio/mpeg', suspect: null, problem: null },
          },
        ],
        omittedAssets: 0,
      },
    });
    expect(taskEventDetail.parse(event?.detail)).toEqual(event?.detail);
  });

  test('is announced as a failure with its reason and with the files that were stored', () => {
    const assets = [stored('a'), { ...open('b'), state: 'failed' } as const];
    const event = eventOf(archived(assets, { status: 'failed', failure: refused }));

    expect(event).toMatchObject({
      type: 'TaskFailed',
      detail: { failure: refused, assets: [{ state: 'stored' }, { state: 'failed', key: null }] },
    });
  });

  test.each<[string, TaskRecord]>([
    ['awaits its final callback', waiting],
    ['has an open file', archived([stored('a'), open('b')], { status: 'archiving' })],
    ['is due again, to be polled once more', archived([], { status: 'failed', failure: refused, dueAt: deadline })],
  ])('is not announced while the task %s', (_, record) => {
    expect(eventOf(record)).toBeNull();
  });
});

describe('the id', () => {
  test('is the same for the same facts at any time, so that they are announced once', () => {
    const record = archived([stored('a')]);
    const first = eventOf(record);

    expect(idOf(record, at('2026-12-24T18:00:00.000Z'))).toBe(first?.detail.id);
    expect(eventOf(publishAll(record).record, at('2026-12-24T18:00:00.000Z'))).toBeNull();
  });

  test.each<[string, TaskRecord]>([
    ['other bytes', archived([stored('a', { crc32: 'BBBBBB==' })])],
    ['another key', archived([stored('a', { key: 'library/a.m4a' })])],
    ['one more file', archived([stored('a'), stored('b')])],
    ['another end', archived([stored('a')], { status: 'failed', failure: refused })],
    ['another task', archived([stored('a')], { taskId: 'other' })],
  ])('is another one for %s', (_, record) => {
    const { announced } = publishAll(archived([stored('a')])).record;

    const { events } = publishAll({ ...record, announced });

    expect(events.at(-1)?.type).toMatch(/^Task/);
    for (const { detail } of events) expect(announced).not.toContain(detail.id);
  });

  test('is new for an end that recurs after another one, so that a recovered task is announced again', () => {
    const whole = archived([stored('a')]);
    const lost = archived([{ ...open('a'), state: 'failed' }], { status: 'failed', failure: refused });
    let announced: string[] = [];
    const told = [whole, lost, whole, whole, lost].map((end) => {
      const { events, record } = publishAll({ ...end, announced });
      announced = record.announced;
      return events.map(({ type }) => type);
    });

    expect(told).toEqual([['MediaReady', 'TaskArchived'], ['TaskFailed'], ['TaskArchived'], [], ['TaskFailed']]);
    expect(new Set(announced).size).toBe(5);
  });

  test('is kept in the record for the last twenty events', () => {
    let record = archived([stored('a')]);
    for (let turn = 0; turn < 30; turn++) {
      const { events, record: after } = publishAll({ ...record, assets: [stored('a', { crc32: `${turn}` })] });
      record = events.map(({ detail }) => detail.id).reduce(markAnnounced, after);
    }

    expect(record.announced).toHaveLength(20);
    expect(new Set(record.announced).size).toBe(20);
    expect(eventOf({ ...record, assets: [stored('a', { crc32: '29' })] })).toBeNull();
  });
});

describe('P9: a task at risk', () => {
  const record = archived([stored('a'), open('b')], { status: 'archiving', dueAt: deadline });

  test.each<[string, string, number | undefined]>([
    ['not before the first mark', '2026-11-11T23:59:59.999Z', undefined],
    ['at the first mark', '2026-11-12T00:00:00.000Z', 72],
    ['between the marks', '2026-11-13T12:30:00.000Z', 35],
    ['at the second mark', '2026-11-14T00:00:00.000Z', 24],
    ['at the very end', '2026-11-15T00:00:00.000Z', 0],
  ])('is announced: %s', (_, time, hoursLeft) => {
    expect(eventOf(record, at(time))?.detail.hoursLeft).toBe(hoursLeft);
  });

  test('is announced once for each mark, with its open files', () => {
    const times = ['2026-11-12T00:00:00Z', '2026-11-13T00:00:00Z', '2026-11-14T00:00:00Z', '2026-11-14T20:00:00Z'];
    let current = record;
    const told = times.flatMap((time) => {
      const event = eventOf(current, at(time));
      if (event === null) return [];
      current = markAnnounced(current, event.detail.id);
      return [[event.type, event.detail.hoursLeft, event.detail.assets.map(({ trackId }) => trackId)]];
    });

    expect(told).toEqual([
      ['AssetAtRisk', 72, ['b']],
      ['AssetAtRisk', 24, ['b']],
    ]);
  });

  test('is announced without files if no callback has named any', () => {
    expect(eventOf({ ...waiting, dueAt: deadline }, at('2026-11-14T00:00:00Z'))).toMatchObject({
      type: 'AssetAtRisk',
      detail: { assets: [], omittedAssets: 0 },
    });
  });
});

describe('P9: a file that every source has refused for six hours', () => {
  const failing = (trackId: string, failingSince: string): Asset => ({
    ...open(trackId),
    failingSince,
    attempts: [{ at: failingSince, source: 'https://h.example', code: 'forbidden', detail: 'the host answered 403' }],
  });
  const recordOf = (assets: Asset[]) => archived(assets, { status: 'archiving', dueAt: deadline });
  const refused = recordOf([stored('a'), open('b'), failing('c', seen)]);
  const sixHoursLater = at('2026-11-01T06:00:00.000Z');

  test('is announced as at risk at once, with the answer of its host', () => {
    expect(eventOf(refused, at('2026-11-01T05:59:59.999Z'))).toBeNull();
    expect(eventOf(refused, sixHoursLater)).toMatchObject({
      type: 'AssetAtRisk',
      detail: { hoursLeft: 330, assets: [{ trackId: 'c', state: 'open', problem: 'the host answered 403' }] },
    });
  });

  test('is announced once, for as long as no other file is refused as well, and again near the deadline', () => {
    const { record } = publishAll(refused, sixHoursLater);
    const later = at('2026-11-04T00:00:00.000Z');
    const others = recordOf([stored('a'), failing('b', '2026-11-02T00:00:00.000Z'), failing('c', seen)]);

    expect(typesOf(record, later)).toEqual([]);
    expect(typesOf({ ...others, announced: record.announced }, later)).toEqual(['AssetAtRisk']);
    expect(typesOf(record, at('2026-11-12T00:00:00.000Z'))).toEqual(['AssetAtRisk']);
  });

  test('is not announced if it is a cover beside stored songs', () => {
    const cover = { ...failing('a', seen), kind: 'image' } as const;

    expect(publishAll(recordOf([stored('a'), cover]), sixHoursLater).events).toMatchObject([{ type: 'MediaReady' }]);
  });
});

describe('that the media are ready', () => {
  const cover = (state: Asset['state']): Asset => ({ ...open('a'), kind: 'image', state });

  test('is announced once all essential files are stored, while covers are open, and not again at the end', () => {
    const { events, record } = publishAll(archived([stored('a'), cover('open')], { status: 'archiving' }));

    expect(events).toMatchObject([{ type: 'MediaReady', detail: { assets: [{ kind: 'audio' }, { kind: 'image' }] } }]);
    expect(typesOf({ ...record, status: 'archived', assets: [stored('a'), cover('stored')] })).toEqual([
      'TaskArchived',
    ]);
  });

  test('is announced again if the bytes of an essential file change', () => {
    const { record } = publishAll(archived([stored('a')]));

    expect(typesOf({ ...record, assets: [stored('a', { crc32: 'BBBBBB==' })] })).toEqual([
      'MediaReady',
      'TaskArchived',
    ]);
  });

  test.each<[string, TaskRecord]>([
    ['a song is open', archived([stored('a'), open('b')], { status: 'archiving' })],
    ['the final callback has not arrived', { ...waiting, assets: [stored('a')] }],
    ['a song is lost', archived([stored('a'), { ...open('b'), state: 'failed' }], { status: 'failed' })],
  ])('is not announced while %s', (_, record) => {
    expect(typesOf(record)).not.toContain('MediaReady');
  });

  test('names suspect files, and the end names missing covers', () => {
    const missing = [{ kind: 'image' as const, trackId: 'a', name: '', reason: 'the host answered 404' }];
    const record = archived([stored('a', { suspect: 'it is 12.0 s long' }), cover('failed')], { missing });

    expect(publishAll(record).events).toMatchObject([
      { type: 'MediaReady', detail: { assets: [{ suspect: 'it is 12.0 s long' }, {}] } },
      { type: 'TaskArchived', detail: { missing } },
    ]);
  });

  test('is not announced of a task that an earlier version ended and announced', () => {
    const facts = ['TaskArchived', 'task', null, [['["a","","audio"]', 'stored', 'library/a.mp3', 'AAAAAA==']]];
    const idOfEarlierVersion = sha256(JSON.stringify(facts)).slice(0, 32);

    expect(typesOf(archived([stored('a')], { announced: [idOfEarlierVersion] }))).toEqual([]);
  });

  test('and anything else is not announced of a task that the owner dismissed', () => {
    expect(typesOf(archived([stored('a')], { dismissedAt: seen }))).toEqual([]);
  });
});

describe('P7: the size of an event is limited', () => {
  const bytesOf = (record: TaskRecord) => Buffer.byteLength(JSON.stringify(eventOf(record)?.detail));

  test('the first 200 of many files are in it', () => {
    const many = Array.from({ length: 230 }, (_, index) => stored(`${index}`));

    expect(eventOf(archived(many))?.detail).toMatchObject({ assets: { length: 200 }, omittedAssets: 30 });
  });

  test.each<[string, Partial<TaskRecord>, Partial<Asset>]>([
    ['long names', {}, { name: 'ü'.repeat(2_000) }],
    ['endless ids', {}, { trackId: 'x'.repeat(300_000) }],
    [
      'labels of a thousand callbacks',
      { labels: Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`${n}`, '\u0000'.repeat(200)])) },
      {},
    ],
  ])('with %s, as many files as fit are in it', (_, more, asset) => {
    const many = Array.from({ length: 200 }, (_, index) => stored(`${index}`, asset));
    const record = archived(many, { ...more, taskId: '\u0001'.repeat(512) });

    expect(bytesOf(record)).toBeLessThan(256 * 1024);
    expect(bytesOf(record)).toBeLessThan(eventLimits.bytes + 100);
    const { assets, omittedAssets } = eventOf(record)?.detail ?? { assets: [], omittedAssets: 0 };
    expect(assets.length + omittedAssets).toBe(200);
  });
});
