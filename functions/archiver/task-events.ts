// What is to be told of a task: its end, or that it is at risk. Pure.
import { assetId } from '../domain/asset.ts';
import { sha256 } from '../domain/file-name.ts';
import { boundedLabels } from '../domain/labels.ts';
import { limits } from '../domain/limits.ts';
import { recordKey } from '../domain/object-key.ts';
import { type Asset, assetSummary, type TaskRecord } from '../domain/record.ts';
import { eventLimits, type TaskEvent, type TaskEventDetail, type TaskEventType } from '../domain/task-event.ts';
import { deadlineOf, isOpen } from '../domain/task-state.ts';
import { riskOf } from './due.ts';

/** Who tells: the stack's name, and its bucket's. */
export type EventOrigin = { stack: string; bucket: string };

/** Ids that a record keeps, of which an end needs the last two; a risk whose id is gone is told of twice at worst. */
const idsKept = 20;

/** Null: there is nothing to tell, or it was told already. */
export function pendingEvent(record: TaskRecord, origin: EventOrigin, now: Date): TaskEvent | null {
  const event = endOf(record, origin, now) ?? riskEventOf(record, origin, now);
  return event === null || record.announced.includes(event.detail.id) ? null : event;
}

export function markAnnounced(record: TaskRecord, { detail: { id } }: TaskEvent): TaskRecord {
  if (record.announced.includes(id)) return record;
  return { ...record, announced: [...record.announced, id].slice(-idsKept) };
}

function endOf(record: TaskRecord, origin: EventOrigin, now: Date): TaskEvent | null {
  const { status, dueAt, failure, assets } = record;
  if (dueAt !== null || isOpen(record)) return null;
  const type = status === 'archived' ? 'TaskArchived' : 'TaskFailed';
  const ends = assets.map((asset) => [assetId(asset), asset.state, asset.key, asset.crc32]);
  const id = endIdOf(type, record, [failure?.outcome ?? null, ends]);
  return { type, at: now, detail: detailOf(record, origin, { id, hoursLeft: null, assets }) };
}

/**
 * Of what was told last, the same id. After other news it is another one, also for an end that came before: who heard that a file
 * was lost must hear that it is back.
 */
function endIdOf(type: TaskEventType, record: TaskRecord, news: unknown[]): string {
  const [last, before] = [record.announced.at(-1), record.announced.at(-2)];
  const after = (told: string | undefined) => idOf(type, record, told === undefined ? news : [...news, told]);
  return last === after(before) ? last : after(last);
}

/** Once for each of the marks, which are hours before the deadline. */
function riskEventOf(record: TaskRecord, origin: EventOrigin, now: Date): TaskEvent | null {
  const risk = riskOf(record, now);
  if (risk === null) return null;
  const deadline = deadlineOf(record);
  const mark = limits.riskMs.findLast((leftMs) => deadline.getTime() - now.getTime() <= leftMs);
  const id = idOf('AssetAtRisk', record, [deadline.toISOString(), mark]);
  const assets = record.assets.filter(({ state }) => state === 'open');
  return { type: 'AssetAtRisk', at: now, detail: detailOf(record, origin, { id, ...risk, assets }) };
}

/** The same for the same news, whoever tells it and when: a clock has no part in it. */
function idOf(type: TaskEventType, { taskId }: TaskRecord, news: unknown[]): string {
  return sha256(JSON.stringify([type, taskId, ...news])).slice(0, 32);
}

type News = Pick<TaskEventDetail, 'id' | 'hoursLeft'> & { assets: readonly Asset[] };

function detailOf(
  record: TaskRecord,
  { stack, bucket }: EventOrigin,
  { id, hoursLeft, assets }: News,
): TaskEventDetail {
  const { taskId, provider, kind, labels, failure } = record;
  const detail = {
    ...({ schemaVersion: 1, id, stack, bucket, record: recordKey(taskId), taskId, provider, kind } as const),
    // Many callbacks with labels of their own have more together than each may have.
    ...{ labels: boundedLabels(Object.entries(labels)), failure },
    ...{ deadline: deadlineOf(record).toISOString(), hoursLeft },
  };
  const listed = fitting(assets, eventLimits.bytes - bytesOf(detail));
  return { ...detail, assets: listed, omittedAssets: assets.length - listed.length };
}

/** The first of them, as many as fit. Ids and names are the provider's, and of any length. */
function fitting(assets: readonly Asset[], maxBytes: number): TaskEventDetail['assets'] {
  const summaries = assets.slice(0, eventLimits.assets).map((asset) => assetSummary.parse(asset));
  let bytes = 0;
  const end = summaries.findIndex((summary) => {
    // And a comma.
    bytes += bytesOf(summary) + 1;
    return bytes > maxBytes;
  });
  return end === -1 ? summaries : summaries.slice(0, end);
}

const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
