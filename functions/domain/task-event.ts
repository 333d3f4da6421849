// The events on EventBridge: a public contract, see docs/events.md.
import * as z from 'zod';
import { assetSummary, failure, missingFiles } from './record.ts';
import { providers, taskKinds } from './vocabulary.ts';

export const eventSource = 'trackkeeper';

/** EventBridge's `detail-type`. */
export const taskEventTypes = ['TaskArchived', 'TaskFailed', 'MediaReady', 'AssetAtRisk'] as const;
/** The events that lead to a forwarded callback: the owner's endpoint does not wait for a late cover. */
export const forwardedTypes = ['MediaReady', 'TaskFailed'] as const;

/** EventBridge's `detail`. Fields may be added; anything else is another schema version. */
export const taskEventDetail = z.object({
  schemaVersion: z.literal(1),
  /** The same for the same facts: an event may be delivered more than once. */
  id: z.string(),
  /** The deployment that published it. */
  stack: z.string(),
  bucket: z.string(),
  /** The key of the task's record, which has everything else: titles, links, attempts. */
  record: z.string(),
  taskId: z.string(),
  provider: z.enum(providers),
  kind: z.enum(taskKinds),
  labels: z.record(z.string(), z.string()),
  failure: failure.nullable(),
  /** Of an archived task: files beside the essential ones that could not be stored, and why. */
  missing: missingFiles.default([]),
  /** When the links are assumed to be dead. */
  deadline: z.iso.datetime(),
  /** Of `AssetAtRisk`: full hours until the deadline at the time of the event. */
  hoursLeft: z.number().nullable(),
  /** Of `AssetAtRisk`: the open ones, or none if no callback has named any yet. Of other events: all. */
  assets: z.array(assetSummary),
  /** Number of assets that did not fit. */
  omittedAssets: z.number(),
});

/** EventBridge allows 256 KB per entry; a target that wraps the event needs room, too. */
export const eventLimits = { assets: 200, missing: 50, bytes: 200 * 1024 } as const;

export type TaskEventType = (typeof taskEventTypes)[number];
export type TaskEventDetail = z.infer<typeof taskEventDetail>;
export type TaskEvent = { type: TaskEventType; at: Date; detail: TaskEventDetail };
