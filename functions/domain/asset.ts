import type { Asset } from './record.ts';

/** What makes an asset this one and no other: one object for each, however often it is told of (P5). */
export function assetId({ kind, trackId, name }: Pick<Asset, 'kind' | 'trackId' | 'name'>): string {
  return JSON.stringify([trackId, name, kind]);
}

/** What is said of a file where there is none. */
export const noFile = {
  key: null,
  bytes: null,
  crc32: null,
  sha256: null,
  contentType: null,
  durationSeconds: null,
  suspect: null,
} as const;

/** An asset that nothing has been done for yet; its path and deadline are given by the plan and by `deriveStatus`. */
export function openAsset(known: Pick<Asset, 'kind' | 'trackId' | 'name' | 'sources'>): Asset {
  return {
    ...known,
    ...noFile,
    path: '',
    state: 'open',
    damagedAt: null,
    progress: null,
    wantsLinks: false,
    refreshes: 0,
    attempts: [],
    nextDueAt: null,
    deadline: '',
  };
}

/** The file that was stored is missing or damaged, and nothing has taken its place yet. */
export function isDamaged({ damagedAt, key }: Pick<Asset, 'damagedAt' | 'key'>): boolean {
  return damagedAt !== null && !key?.startsWith('library/');
}
