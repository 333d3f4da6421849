// The common form into which every family of callbacks is read.
import type { AssetKind, Failure, Provider, Stage, TaskKind, Track } from '../record.ts';

/** A track as one callback describes it. */
export type CallbackTrack = Omit<Track, 'stage' | 'seenAt'>;

/** A file as one callback describes it. `urls` are in the order in which they are tried. */
export type CallbackAsset = {
  kind: AssetKind;
  trackId: string | null;
  name: string;
  urls: { field: string; url: string }[];
  /** The provider's own reason why this file does not exist. */
  reason?: string | null;
};

export type CallbackContent = {
  tracks: CallbackTrack[];
  assets: CallbackAsset[];
  /** Files that the provider lists without a link, by name. */
  absent?: string[];
};

/** A callback in the common form, whatever the provider's shape was. */
export type ParsedCallback = CallbackContent & {
  provider: Provider;
  taskId: string;
  kind: TaskKind;
  stage: Stage;
  code: number;
  msg: string;
  /** Why there will be no media, in words for the owner. With it, the stage is `error`. */
  failure: Failure | null;
};

export type CallbackBody = { code?: unknown; msg?: unknown; data?: unknown; [field: string]: unknown };

export type Family = {
  /** What the task makes; for a job only the body shows it. */
  kindOf(body: CallbackBody): TaskKind;
  provider?: Provider;
  /** Whether a body has this family's shape; the first matching family is used. */
  matches(body: CallbackBody): boolean;
  /** Reads a successful callback. Undefined: it has this family's shape but cannot be read. */
  read(body: CallbackBody): (Partial<CallbackContent> & { stage?: Stage }) | undefined;
};

/** Families with one kind of file, which belongs to the task and not to a track. */
export function taskAsset(kind: AssetKind, name: string, field: string, url: string | null): CallbackAsset[] {
  return url === null ? [] : [{ kind, trackId: null, name, urls: [{ field, url }] }];
}
