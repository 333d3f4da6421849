// The events of a task: its media are ready, how it ended, or that it is at risk. Each is published once, as far as the
// record can say.

import { sha256 } from '../domain/file-name.ts';
import { boundedLabels } from '../domain/labels.ts';
import { limits } from '../domain/limits.ts';
import { recordKey } from '../domain/object-key.ts';
import { type Asset, assetSummary, type TaskRecord } from '../domain/record.ts';
import { assetId } from '../domain/reopen.ts';
import { eventLimits, type TaskEvent, type TaskEventDetail, type TaskEventType } from '../domain/task-event.ts';
import { deadlineOf, essentialAssets, isMediaReady, isOpen } from '../domain/task-state.ts';
import type { Clock, EventBus, Log, LogFields } from '../ports.ts';
import { refusedAssets, riskOf, timeLeft } from './due-markers.ts';
import type { UpdateRecord } from './records.ts';

/** The stack and the bucket that an event comes from. */
export type EventOrigin = { stack: string; bucket: string };

export type PublishEventDeps = { bus: EventBus; origin: EventOrigin; clock: Clock; log: Log };

/**
 * Publishes the pending events and then marks them as announced in the record. A crash in between publishes them twice;
 * no crash loses one. @throws UnavailableError if EventBridge does not accept it
 */
export async function publishTaskEvents(
  record: TaskRecord,
  { bus, origin, clock, log, update }: PublishEventDeps & { update: UpdateRecord },
): Promise<void> {
  let announced = record;
  for (let event = next(); event !== null; event = next()) {
    await bus.put(event);
    const { taskId, id } = event.detail;
    log('info', 'event.told', { taskId, type: event.type, id, ...countsOf(event) });
    if (event.type === 'AssetAtRisk') logRisk(event, record.inquiry.problem);
    announced = markAnnounced(announced, id);
  }
  const ids = announced.announced.filter((id) => !record.announced.includes(id));
  if (ids.length > 0) await update((found) => ids.reduce(markAnnounced, found ?? record));

  function next(): TaskEvent | null {
    return pendingEvent(announced, origin, clock.now());
  }

  function logRisk({ detail: { taskId, kind, hoursLeft, assets } }: TaskEvent, problem: string | null): void {
    const answer = assets.map((asset) => asset.problem).find((text) => text !== null);
    log('warn', 'task.at_risk', { taskId, kind, hoursLeft, answer, problem });
  }
}

/**
 * What the alarms count: lost files (a file in quarantine is not lost, and one that the provider never made neither),
 * files at risk because every source refuses them, and suspect files.
 */
function countsOf({ type, at, detail: { assets, failure, deadline } }: TaskEvent): LogFields {
  const lost = assets.filter(({ state }) => state === 'failed').length + (failure?.outcome === 'missing' ? 1 : 0);
  const suspect = assets.filter((asset) => asset.suspect !== null).length;
  const isRefused = type === 'AssetAtRisk' && Date.parse(deadline) - at.getTime() > limits.riskMs[0];
  return {
    lost: type === 'TaskFailed' && lost > 0 ? lost : undefined,
    refused: isRefused ? assets.length : undefined,
    suspect: type === 'MediaReady' && suspect > 0 ? suspect : undefined,
  };
}

/** The next event that was not announced yet. Null: there is none. */
export function pendingEvent(record: TaskRecord, origin: EventOrigin, now: Date): TaskEvent | null {
  // What the owner dismissed is no news.
  if (record.dismissedAt !== null) return null;
  const isNews = (event: TaskEvent | null) => event !== null && !record.announced.includes(event.detail.id);
  const end = endEventOf(record, origin, now);
  // A task that an earlier version ended was announced without it.
  if (end !== null && !isNews(end)) return null;
  return [readyEventOf(record, origin, now), end ?? riskEventOf(record, origin, now)].find(isNews) ?? null;
}

/** Ids that a record keeps. An end needs the last two; a risk whose id was dropped is published again. */
const idsKept = 20;

export function markAnnounced(record: TaskRecord, id: string): TaskRecord {
  if (record.announced.includes(id)) return record;
  return { ...record, announced: [...record.announced, id].slice(-idsKept) };
}

const endFacts = (assets: readonly Asset[]) =>
  assets.map((asset) => [assetId(asset), asset.state, asset.key, asset.crc32]);

/** A suspect file is fetched again, but does not keep its task from being archived. */
function endEventOf(record: TaskRecord, origin: EventOrigin, now: Date): TaskEvent | null {
  const { status, dueAt, failure, assets } = record;
  if (isOpen(record) || (status !== 'archived' && dueAt !== null)) return null;
  const type = status === 'archived' ? 'TaskArchived' : 'TaskFailed';
  const id = endIdOf(type, record, [failure?.outcome ?? null, endFacts(assets)]);
  return { type, at: now, detail: detailOf(record, origin, { id, hoursLeft: null, assets }) };
}

/** Once for the same essential files, whatever becomes of the others. */
function readyEventOf(record: TaskRecord, origin: EventOrigin, now: Date): TaskEvent | null {
  if (!isMediaReady(record) || record.failure !== null) return null;
  const id = idOf('MediaReady', record, [endFacts(essentialAssets(record))]);
  return {
    type: 'MediaReady',
    at: now,
    detail: detailOf(record, origin, { id, hoursLeft: null, assets: record.assets }),
  };
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

/**
 * One event for each time of `limits.riskMs` before the deadline; and before that, one for each set of essential files
 * that every source has refused for hours.
 */
function riskEventOf(record: TaskRecord, origin: EventOrigin, now: Date): TaskEvent | null {
  const deadline = deadlineOf(record);
  const near = riskOf(record, now);
  const refused = refusedAssets(record, now);
  const risk = near ?? (refused.length > 0 ? timeLeft(record, now) : null);
  if (risk === null) return null;
  const mark = limits.riskMs.findLast((leftMs) => deadline.getTime() - now.getTime() <= leftMs);
  const facts = near === null ? ['refused', refused.map(assetId)] : [deadline.toISOString(), mark];
  const id = idOf('AssetAtRisk', record, facts);
  const assets = near === null ? refused : record.assets.filter(({ state }) => state === 'open');
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
  const { taskId, provider, kind, labels, failure, missing } = record;
  const detail = {
    ...({ schemaVersion: 1, id, stack, bucket, record: recordKey(taskId), taskId, provider, kind } as const),
    // Together, the labels of many callbacks can exceed the limit for one.
    ...{ labels: boundedLabels(Object.entries(labels)), failure },
    ...{ missing: missing.slice(0, eventLimits.missing), deadline: deadlineOf(record).toISOString(), hoursLeft },
  };
  const listed = fitting(assets, eventLimits.bytes - bytesOf(detail));
  return { ...detail, assets: listed, omittedAssets: assets.length - listed.length };
}

/** As many assets from the start as fit. Ids and names come from the provider and can have any length. */
function fitting(assets: readonly Asset[], maxBytes: number): TaskEventDetail['assets'] {
  const summaries = assets.slice(0, eventLimits.assets).map(summaryOf);
  let bytes = 0;
  const end = summaries.findIndex((summary) => {
    bytes += bytesOf(summary) + ','.length;
    return bytes > maxBytes;
  });
  return end === -1 ? summaries : summaries.slice(0, end);
}

function summaryOf(asset: Asset): TaskEventDetail['assets'][number] {
  const isStored = asset.state === 'stored';
  return assetSummary.parse({ ...asset, problem: isStored ? null : (asset.attempts.at(-1)?.detail ?? asset.reason) });
}

const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
