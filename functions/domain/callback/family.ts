// What every family of callbacks is read into.
import type { AssetKind, Failure, Provider, Stage, TaskKind, Track } from '../record.ts';

/** A track as one callback tells of it. */
export type SeenTrack = Omit<Track, 'stage' | 'seenAt'>;

/** A file that one callback tells of. `urls` are in the order in which they are to be tried. */
export type SeenAsset = {
  kind: AssetKind;
  trackId: string | null;
  name: string;
  urls: { field: string; url: string }[];
};

export type Seen = {
  tracks: SeenTrack[];
  assets: SeenAsset[];
};

/** A callback in one form, whatever the provider's shape was. */
export type ParsedCallback = Seen & {
  provider: Provider;
  taskId: string;
  kind: TaskKind;
  stage: Stage;
  code: number;
  msg: string;
  /** Why there will be no media, in words for the owner. With it, the stage is `error`. */
  failure: Failure | null;
};

export type Body = { code?: unknown; msg?: unknown; data?: unknown; [field: string]: unknown };

export type Family = {
  /** What the task makes; of a job only the body tells. */
  kindOf(body: Body): TaskKind;
  provider?: Provider;
  /** Whether a body has this family's shape; the first family that says yes is the one. */
  matches(body: Body): boolean;
  /** Reads a successful callback. Undefined: it looks like this family and cannot be read as it. */
  read(body: Body): (Partial<Seen> & { stage?: Stage }) | undefined;
};

/** Families of one kind of file that belongs to the task rather than to a track. */
export function taskAsset(kind: AssetKind, name: string, field: string, url: string | null): SeenAsset[] {
  return url === null ? [] : [{ kind, trackId: null, name, urls: [{ field, url }] }];
}
