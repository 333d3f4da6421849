// The data kept in memory for each record: enough for a row of the list and for the search, and bounded.

import { type Concern, concernOf, titleOf } from '../../client/attention.ts';
import type { TaskRecord } from '../../functions/domain/record.ts';
import type { Attention, Row, Take } from '../page-api.ts';
import { progressOf } from './progress.ts';
import { searchText } from './search-text.ts';
import { takesOf } from './takes.ts';

export type Entry = {
  /** The record's key in the bucket, and the version that was read. */
  key: string;
  etag: string;
  folder: string | null;
  line: Omit<Row, 'attention'>;
  concern: Concern | { what: 'quarantined'; reason: string } | null;
  text: string;
};

/** A provider's ids have 36 characters, its titles 80, its tags up to 1,000; longer values are cut. */
export const maxShown = 300;

export function entryOf(record: TaskRecord, { key, etag }: Pick<Entry, 'key' | 'etag'>): Entry {
  const { taskId, firstSeenAt, provider, kind, status, labels, assets, tracks } = record;
  const at = new Date(firstSeenAt).toISOString();
  return {
    key,
    etag,
    folder: record.folder,
    line: {
      taskId: shortened(taskId, maxShown),
      at,
      day: at.slice(0, 10),
      provider,
      kind,
      status,
      title: shown(titleOf(record)),
      tags: shown(tracks.map(({ tags }) => tags).find(Boolean) ?? null),
      labels,
      takes: takesOf(record).map(shownTake),
      files: assets.length,
      stored: assets.filter(({ state }) => state === 'stored').length,
      progress: progressOf(assets),
    },
    concern: concernOf(record) ?? quarantineOf(record),
    text: searchText(record),
  };
}

function shownTake({ trackId, title, model, ...files }: Take): Take {
  return { trackId: shown(trackId), title: shortened(title, maxShown), model: shown(model), ...files };
}

function quarantineOf({ assets }: TaskRecord): Entry['concern'] {
  const kept = assets.filter(({ state }) => state === 'quarantined');
  const details = kept.map(({ attempts }) => attempts.at(-1)?.detail).filter(Boolean);
  const reason = [`${kept.length} of its files did not verify`, ...details].join(': ');
  return kept.length === 0 ? null : { what: 'quarantined', reason: shortened(reason, maxShown) };
}

export function rowOf({ line, concern }: Entry, attention: (concern: Entry['concern']) => Attention | null): Row {
  return { ...line, attention: attention(concern) };
}

const shown = (text: string | null) => (text === null ? null : shortened(text, maxShown));

export function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most).toWellFormed()}…`;
}
