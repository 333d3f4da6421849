// The events of a task: how it ended, or that it is at risk. Each is published once, as far as the record can say.

import { sha256 } from '../domain/file-name.ts';
import { boundedLabels } from '../domain/labels.ts';
import { limits } from '../domain/limits.ts';
import { recordKey } from '../domain/object-key.ts';
import { type Asset, assetSummary, type TaskRecord } from '../domain/record.ts';
import { assetId } from '../domain/reopen.ts';
import { eventLimits, type TaskEvent, type TaskEventDetail, type TaskEventType } from '../domain/task-event.ts';
import { deadlineOf, isOpen } from '../domain/task-state.ts';
import type { Clock, EventBus, Log } from '../ports.ts';
import { riskOf } from './due-markers.ts';
import type { UpdateRecord } from './records.ts';

/** The stack and the bucket that an event comes from. */
export type EventOrigin = { stack: string; bucket: string };

export type PublishEventDeps = { bus: EventBus; origin: EventOrigin; clock: Clock; log: Log };

/**
 * Publishes the pending event, if any, and then marks it as announced in the record. A crash in between publishes it
 * twice; no crash loses it. @throws UnavailableError if EventBridge does not accept it
 */
export async function publishTaskEvent(
  record: TaskRecord,
  { bus, origin, clock, log, update }: PublishEventDeps & { update: UpdateRecord },
): Promise<void> {
  const event = pendingEvent(record, origin, clock.now());
  if (event === null) return;
  await bus.put(event);
  const { taskId, id } = event.detail;
  log('info', 'event.told', { taskId, type: event.type, id, lost: countLost(event) });
  await update((found) => markAnnounced(found ?? record, event));
}

/**
 * Number of lost files, or undefined. A file in quarantine is not lost, and a file that the provider never made
 * neither.
 */
function countLost({ type, detail: { assets, failure } }: TaskEvent): number | undefined {
  if (type !== 'TaskFailed') return undefined;
  const lost = assets.filter(({ state }) => state === 'failed').length + (failure?.outcome === 'missing' ? 1 : 0);
  return lost > 0 ? lost : undefined;
}

/** Null: there is no event, or it was announced already. */
export function pendingEvent(record: TaskRecord, origin: EventOrigin, now: Date): TaskEvent | null {
  const event = endEventOf(record, origin, now) ?? riskEventOf(record, origin, now);
  return event === null || record.announced.includes(event.detail.id) ? null : event;
}

/** Ids that a record keeps. An end needs the last two; a risk whose id was dropped is published again. */
const idsKept = 20;

export function markAnnounced(record: TaskRecord, { detail: { id } }: TaskEvent): TaskRecord {
  if (record.announced.includes(id)) return record;
  return { ...record, announced: [...record.announced, id].slice(-idsKept) };
}

function endEventOf(record: TaskRecord, origin: EventOrigin, now: Date): TaskEvent | null {
  const { status, dueAt, failure, assets } = record;
  if (dueAt !== null || isOpen(record)) return null;
  const type = status === 'archived' ? 'TaskArchived' : 'TaskFailed';
  const ends = assets.map((asset) => [assetId(asset), asset.state, asset.key, asset.crc32]);
  const id = endIdOf(type, record, [failure?.outcome ?? null, ends]);
  return { type, at: now, detail: detailOf(record, origin, { id, hoursLeft: null, assets }) };
}

/**
 * Same id if this was the last event; a new id if another event was published since, so that a recovered task is
 * announced again.
 */
function endIdOf(type: TaskEventType, record: TaskRecord, facts: unknown[]): string {
  const [last, before] = [record.announced.at(-1), record.announced.at(-2)];
  const idAfter = (earlier: string | undefined) =>
    idOf(type, record, earlier === undefined ? facts : [...facts, earlier]);
  return last === idAfter(before) ? last : idAfter(last);
}

/** One event for each time of `limits.riskMs` before the deadline. */
function riskEventOf(record: TaskRecord, origin: EventOrigin, now: Date): TaskEvent | null {
  const risk = riskOf(record, now);
  if (risk === null) return null;
  const deadline = deadlineOf(record);
  const mark = limits.riskMs.findLast((leftMs) => deadline.getTime() - now.getTime() <= leftMs);
  const id = idOf('AssetAtRisk', record, [deadline.toISOString(), mark]);
  const assets = record.assets.filter(({ state }) => state === 'open');
  return { type: 'AssetAtRisk', at: now, detail: detailOf(record, origin, { id, ...risk, assets }) };
}

/** Depends only on the facts, not on the time or the invocation. */
function idOf(type: TaskEventType, { taskId }: TaskRecord, facts: unknown[]): string {
  return sha256(JSON.stringify([type, taskId, ...facts])).slice(0, 32);
}

type EventFacts = Pick<TaskEventDetail, 'id' | 'hoursLeft'> & { assets: readonly Asset[] };

function detailOf(
  record: TaskRecord,
  { stack, bucket }: EventOrigin,
  { id, hoursLeft, assets }: EventFacts,
): TaskEventDetail {
  const { taskId, provider, kind, labels, failure } = record;
  const detail = {
    ...({ schemaVersion: 1, id, stack, bucket, record: recordKey(taskId), taskId, provider, kind } as const),
    // Together, the labels of many callbacks can exceed the limit for one.
    ...{ labels: boundedLabels(Object.entries(labels)), failure },
    ...{ deadline: deadlineOf(record).toISOString(), hoursLeft },
  };
  const listed = fitting(assets, eventLimits.bytes - bytesOf(detail));
  return { ...detail, assets: listed, omittedAssets: assets.length - listed.length };
}

/** As many assets from the start as fit. Ids and names come from the provider and can have any length. */
function fitting(assets: readonly Asset[], maxBytes: number): TaskEventDetail['assets'] {
  const summaries = assets.slice(0, eventLimits.assets).map((asset) => assetSummary.parse(asset));
  let bytes = 0;
  const end = summaries.findIndex((summary) => {
    bytes += bytesOf(summary) + ','.length;
    return bytes > maxBytes;
  });
  return end === -1 ? summaries : summaries.slice(0, end);
}

const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
