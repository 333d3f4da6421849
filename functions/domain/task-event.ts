// What is told on EventBridge: a public contract, see docs/events.md.
import * as z from 'zod';
import { assetSummary, failure } from './record.ts';
import { providers, taskKinds } from './words.ts';

export const eventSource = 'trackkeeper';

/** How a task can end. */
export const taskEndTypes = ['TaskArchived', 'TaskFailed'] as const;
/** EventBridge's `detail-type`. */
export const taskEventTypes = [...taskEndTypes, 'AssetAtRisk'] as const;

/** EventBridge's `detail`. Fields may be added; anything else is another schema version. */
export const taskEventDetail = z.object({
  schemaVersion: z.literal(1),
  /** The same for the same news, which may come more than once. */
  id: z.string(),
  /** Which deployment it comes from. */
  stack: z.string(),
  bucket: z.string(),
  /** The key of the task's record, which has all the rest: titles, links, attempts. */
  record: z.string(),
  taskId: z.string(),
  provider: z.enum(providers),
  kind: z.enum(taskKinds),
  labels: z.record(z.string(), z.string()),
  failure: failure.nullable(),
  /** When the links are taken to be dead. */
  deadline: z.iso.datetime(),
  /** Of `AssetAtRisk`: whole hours until then, when it was noticed. */
  hoursLeft: z.number().nullable(),
  /** Of `AssetAtRisk`: those that are open; none where no callback has named any yet. Else all. */
  assets: z.array(assetSummary),
  /** How many more there are than fit here. */
  omittedAssets: z.number(),
});

/** EventBridge takes 256 KB for all of an entry; what forwards an event wraps it, and needs room too. */
export const eventLimits = { assets: 200, bytes: 200 * 1024 } as const;

export type TaskEventType = (typeof taskEventTypes)[number];
export type TaskEventDetail = z.infer<typeof taskEventDetail>;
export type TaskEvent = { type: TaskEventType; at: Date; detail: TaskEventDetail };
