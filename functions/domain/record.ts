// The record of a task: `tasks/<taskId>.json`, the interface for programs. See docs/storage-layout.md.
import * as z from 'zod';
import { structureState } from './structure/check.ts';

export const stages = ['text', 'first', 'complete', 'error'] as const;
const taskKinds = [
  'music',
  'video',
  'wav',
  'stems',
  'cover',
  'lyrics',
  'midi',
  'voice',
  'recovery',
  'unknown',
] as const;
const assetKinds = ['audio', 'video', 'image', 'wav', 'stem', 'lyrics'] as const;
const assetStates = ['open', 'stored', 'quarantined', 'failed'] as const;
const providers = ['sunoapi.org', 'kie.ai', 'unknown'] as const;

const instant = z.iso.datetime();

const source = z.object({ url: z.string(), field: z.string(), stage: z.enum(stages) });

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
  /** The host's strong validator: bytes of two versions never meet in one object. */
  version: z.string(),
  totalBytes: z.number(),
  partBytes: z.number(),
  key: z.string(),
  contentType: z.string(),
  uploadId: z.string(),
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
  /** Null unless a large file is on its way. */
  progress: progress.nullable().default(null),
  attempts: z.array(attempt),
  nextDueAt: instant.nullable(),
  deadline: instant,
});

const failure = z.object({
  code: z.number().nullable(),
  outcome: z.string(),
  msg: z.string(),
  advice: z.string(),
});

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
  /** Who fetches now, and until when at most. An economy: what P5 rests on is conditional publishing. */
  claim: z.object({ by: z.string(), until: instant }).nullable(),
});

export type Stage = (typeof stages)[number];
export type TaskKind = (typeof taskKinds)[number];
export type AssetKind = (typeof assetKinds)[number];
export type Provider = (typeof providers)[number];
export type Source = z.infer<typeof source>;
export type Track = z.infer<typeof track>;
export type Progress = z.infer<typeof progress>;
export type Asset = z.infer<typeof asset>;
export type Failure = z.infer<typeof failure>;
export type TaskRecord = z.infer<typeof taskRecord>;
