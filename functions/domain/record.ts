// The record of a task: `tasks/<taskId>.json`, the interface for programs. See docs/storage-layout.md.
import * as z from 'zod';
import { structureState } from './structure/check.ts';
import { providers, stages, taskKinds } from './words.ts';

const assetKinds = ['audio', 'video', 'image', 'wav', 'stem', 'lyrics'] as const;
const assetStates = ['open', 'stored', 'quarantined', 'failed'] as const;

const instant = z.iso.datetime();

const source = z.object({
  url: z.string(),
  field: z.string(),
  stage: z.enum(stages),
  /** The provider itself named it when it was asked; a callback can be forged. */
  confirmed: z.boolean().default(false),
});

const attempt = z.object({ at: instant, source: z.string(), code: z.string(), detail: z.string() });

const track = z.object({
  trackId: z.string(),
  /** The stage these words come from; a later stage replaces an earlier one, never the other way round. */
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
 * How far a large file has come. Which parts have arrived is S3's to say; this says of what they are parts, and what is
 * known of the bytes that were looked at.
 */
const progress = z.object({
  source: z.string(),
  /** The host's strong validator: bytes of two versions never meet in one object. Empty: it cannot be gone on with. */
  version: z.string(),
  totalBytes: z.number(),
  partBytes: z.number(),
  key: z.string(),
  contentType: z.string(),
  /** Null: one may have been begun at the key, and nobody was told which. */
  uploadId: z.string().nullable(),
  /** The first so many parts have been looked at: their CRC32 together, and how far the check of their structure has come. */
  checkedParts: z.number(),
  crc32: z.number(),
  structure: structureState.nullable(),
  /** When a part last arrived: patience begins anew. */
  at: instant,
});

const asset = z.object({
  kind: z.enum(assetKinds),
  trackId: z.string().nullable(),
  /** What tells assets of one kind apart that belong to no track: `Vocal`, `Cover-2`. Empty for a track's own. */
  name: z.string(),
  sources: z.array(source),
  /** Where it will stand, without the extension: that comes from the bytes. */
  path: z.string(),
  key: z.string().nullable(),
  state: z.enum(assetStates),
  bytes: z.number().nullable(),
  crc32: z.string().nullable(),
  sha256: z.string().nullable(),
  contentType: z.string().nullable(),
  /** What the callback said of its length when the bytes were fetched; tells a provisional `first` from the final file. */
  durationSeconds: z.number().nullable(),
  /** Why a person should listen to it: stored and whole, but not as long as the callback said. */
  suspect: z.string().nullable().default(null),
  /** When its stored file was last found missing or damaged. Until another is stored, what stands in its place makes way. */
  damagedAt: instant.nullable().default(null),
  /** Null unless a large file is on its way. */
  progress: progress.nullable().default(null),
  /** All links are dead: the provider is to be asked for fresh ones. */
  wantsLinks: z.boolean().default(false),
  /** How often the provider was asked for fresh links in vain, or they died again. */
  refreshes: z.number().default(0),
  attempts: z.array(attempt),
  nextDueAt: instant.nullable(),
  deadline: instant,
});

/** An asset as events tell of it: where its file is. */
export const assetSummary = asset.pick({
  kind: true,
  trackId: true,
  name: true,
  state: true,
  key: true,
  bytes: true,
  crc32: true,
  contentType: true,
});

export const failure = z.object({
  code: z.number().nullable(),
  outcome: z.string(),
  msg: z.string(),
  advice: z.string(),
});

/** What came of asking the provider. */
const inquiry = z.object({
  /** How often in a row without news. */
  asked: z.number(),
  /** When the provider last answered. */
  at: instant.nullable(),
  /** Not to be asked again before. */
  notBefore: instant.nullable(),
  /** How often in a row the provider did not know the task. */
  unknown: z.number(),
  /** The furthest stage that the provider itself told of. */
  stage: z.enum(stages).nullable(),
  /** Why the last time gave no answer. */
  problem: z.string().nullable(),
  /** Somebody wants it to be asked now. */
  wanted: z.boolean(),
});
export const noInquiry: z.infer<typeof inquiry> = {
  asked: 0,
  at: null,
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
  /** When the next step is to be taken: there is a marker under `schedule/` then. Null where nothing is left to do. */
  dueAt: instant.nullable().default(null),
  inquiry: inquiry.default(noInquiry),
  /** Why a callback's links were used although the provider was to confirm them first. */
  unconfirmed: z.string().nullable().default(null),
  /** The ids of the events that told of this task, the newest last: what was told once is not told again. */
  announced: z.array(z.string()).default([]),
  /** Who fetches now, and until when at most. An economy: what P5 rests on is conditional publishing. */
  claim: z.object({ by: z.string(), until: instant }).nullable(),
});

export type { Provider, Stage, TaskKind } from './words.ts';
export type AssetKind = (typeof assetKinds)[number];
export type Source = z.infer<typeof source>;
export type Track = z.infer<typeof track>;
export type Progress = z.infer<typeof progress>;
export type Asset = z.infer<typeof asset>;
export type Inquiry = z.infer<typeof inquiry>;
export type Failure = z.infer<typeof failure>;
export type TaskRecord = z.infer<typeof taskRecord>;
