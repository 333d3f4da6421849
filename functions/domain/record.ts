// The record of a task: `tasks/<taskId>.json`, the interface for programs. See docs/storage-layout.md.
import * as z from 'zod';
import { structureState } from './media-check/check.ts';
import { providers, stages, taskKinds } from './vocabulary.ts';

const assetKinds = ['audio', 'video', 'image', 'wav', 'stem', 'lyrics'] as const;
const assetStates = ['open', 'stored', 'quarantined', 'failed'] as const;

const instant = z.iso.datetime();

const source = z.object({
  url: z.string(),
  field: z.string(),
  stage: z.enum(stages),
  /** The provider itself named this link in answer to a poll; a callback can be forged. */
  confirmed: z.boolean().default(false),
});

const attempt = z.object({ at: instant, source: z.string(), code: z.string(), detail: z.string() });

const track = z.object({
  trackId: z.string(),
  /** The stage that these fields come from; a later stage replaces an earlier one, never the other way round. */
  stage: z.enum(stages),
  seenAt: instant,
  title: z.string().nullable(),
  tags: z.string().nullable(),
  model: z.string().nullable(),
  prompt: z.string().nullable(),
  durationSeconds: z.number().nullable(),
  createTime: z.object({ sent: z.union([z.string(), z.number()]), parsed: instant.nullable() }).nullable(),
});

/**
 * The progress of a large file. S3 lists the parts that have arrived; this says which file they belong to, and the
 * state of the checks.
 */
const progress = z.object({
  source: z.string(),
  /**
   * The host's strong validator, so that one object never mixes two versions of a file. Empty: it cannot be resumed.
   */
  version: z.string(),
  totalBytes: z.number(),
  partBytes: z.number(),
  key: z.string(),
  contentType: z.string(),
  /** Null: an upload may exist at this key; its id was not recorded. */
  uploadId: z.string().nullable(),
  /** Number of parts checked so far, from the first on; `crc32` and `structure` cover these. */
  checkedParts: z.number(),
  crc32: z.number(),
  structure: structureState.nullable(),
  /** When a part last arrived. Progress resets the backoff. */
  at: instant,
  /** The most connections that the host has accepted at once; absent if it has refused none. */
  connections: z.number().optional(),
});

const asset = z.object({
  kind: z.enum(assetKinds),
  trackId: z.string().nullable(),
  /** Distinguishes assets of one kind that belong to no track: `Vocal`, `Cover-2`. Empty for a track's own asset. */
  name: z.string(),
  sources: z.array(source),
  /** The planned key without its extension, which depends on the bytes. */
  path: z.string(),
  key: z.string().nullable(),
  state: z.enum(assetStates),
  bytes: z.number().nullable(),
  crc32: z.string().nullable(),
  sha256: z.string().nullable(),
  contentType: z.string().nullable(),
  /**
   * As the callback said when the bytes were fetched; distinguishes a provisional file of `first` from the final one.
   */
  durationSeconds: z.number().nullable(),
  /**
   * Why the file needs a human check: stored, but not as long as the callback said. It is fetched again a few times,
   * and a better file replaces it.
   */
  suspect: z.string().nullable().default(null),
  /** The length of the stored file as measured; null if it was not measured. */
  measuredSeconds: z.number().nullable().default(null),
  /** How often a suspect file was fetched again. */
  rechecks: z.number().default(0),
  /** When its stored file was last found missing or damaged. The next file may replace an object at its key. */
  damagedAt: instant.nullable().default(null),
  /** Null unless the transfer of a large file has started. */
  progress: progress.nullable().default(null),
  /** A link may be dead: the provider is polled for a fresh one. */
  wantsLinks: z.boolean().default(false),
  /** Number of failed rounds over the sources since the last progress or new link: it sets the delay. */
  rounds: z.number().default(0),
  /** Since when no source has worked. */
  failingSince: instant.nullable().default(null),
  /** The provider's own reason why this file does not exist. */
  reason: z.string().nullable().default(null),
  attempts: z.array(attempt),
  nextDueAt: instant.nullable(),
  deadline: instant,
});

/** An asset as in events: what it is, and where its file is. */
export const assetSummary = asset
  .pick({
    kind: true,
    trackId: true,
    name: true,
    state: true,
    key: true,
    bytes: true,
    crc32: true,
    contentType: true,
  })
  .extend({
    suspect: z.string().nullable().default(null),
    /** Of a file that is not stored: why its last attempt failed. */
    problem: z.string().nullable().default(null),
  });

export const failure = z.object({
  code: z.number().nullable(),
  outcome: z.string(),
  msg: z.string(),
  advice: z.string(),
});

export const missingFiles = z.array(
  asset.pick({ kind: true, trackId: true, name: true }).extend({ reason: z.string() }),
);

/** The polling of the provider. */
const inquiry = z.object({
  /** Number of polls since the last news. */
  asked: z.number(),
  /** When the provider last answered. */
  at: instant.nullable(),
  /** When the provider was last polled, answered or not. */
  askedAt: instant.nullable().default(null),
  /** Earliest time of the next poll. */
  notBefore: instant.nullable(),
  /** Number of consecutive answers that the task is unknown. */
  unknown: z.number(),
  /** The latest stage that the provider has answered with. */
  stage: z.enum(stages).nullable(),
  /** Why the last poll gave no answer. */
  problem: z.string().nullable(),
  /** The owner asked for a poll now (`retry`). */
  wanted: z.boolean(),
});
export const noInquiry: z.infer<typeof inquiry> = {
  asked: 0,
  at: null,
  askedAt: null,
  notBefore: null,
  unknown: 0,
  stage: null,
  problem: null,
  wanted: false,
};

export const taskRecord = z.object({
  schemaVersion: z.literal(1),
  provider: z.enum(providers),
  taskId: z.string(),
  kind: z.enum(taskKinds),
  status: z.enum(['waiting', 'archiving', 'archived', 'failed']),
  firstSeenAt: instant,
  folder: z.string().nullable(),
  labels: z.record(z.string(), z.string()),
  stages: z.array(z.object({ stage: z.enum(stages), code: z.number(), at: instant })),
  failure: failure.nullable(),
  tracks: z.array(track),
  assets: z.array(asset),
  /** What did not fit into the record, in a sentence; it is only in the kept callbacks. */
  omitted: z.string().nullable().default(null),
  /** Stems that the provider lists without a link. */
  absent: z.array(z.string()).default([]),
  /** Of an archived task: covers and other files beside the essential ones that could not be stored. */
  missing: missingFiles.default([]),
  /** The owner does not want what is missing: nothing more is done for this task. */
  dismissedAt: instant.nullable().default(null),
  /** The owner tries again until then, although the usual deadline has passed. */
  extendedTo: instant.nullable().default(null),
  /** When the next step is due; a marker under `schedule/` exists for it. Null: nothing is left to do. */
  dueAt: instant.nullable().default(null),
  inquiry: inquiry.default(noInquiry),
  /** Why unconfirmed links were followed although the settings ask for confirmation. */
  unconfirmed: z.string().nullable().default(null),
  /** Ids of the events published for this task, the newest last, so that each is published once. */
  announced: z.array(z.string()).default([]),
  /**
   * The message whose invocation has reserved the task, and until when. Only saves work; P5 rests on conditional
   * publishing.
   */
  claim: z.object({ by: z.string(), until: instant }).nullable(),
});

export type { Provider, Stage, TaskKind } from './vocabulary.ts';
export type AssetKind = (typeof assetKinds)[number];
export type AssetSource = z.infer<typeof source>;
export type Track = z.infer<typeof track>;
export type TransferProgress = z.infer<typeof progress>;
export type Asset = z.infer<typeof asset>;
export type Inquiry = z.infer<typeof inquiry>;
export type Failure = z.infer<typeof failure>;
export type TaskRecord = z.infer<typeof taskRecord>;
