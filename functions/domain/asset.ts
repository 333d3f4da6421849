// Assets: the files to keep of a task.
import type { Asset } from './record.ts';

/** The identity of an asset: one object exists for each, however often callbacks name it (P5). */
export function assetId({ kind, trackId, name }: Pick<Asset, 'kind' | 'trackId' | 'name'>): string {
  return JSON.stringify([trackId, name, kind]);
}

/** The fields of an asset without a file. */
export const noFile = {
  key: null,
  bytes: null,
  crc32: null,
  sha256: null,
  contentType: null,
  durationSeconds: null,
  suspect: null,
} as const;

/** An asset before its first attempt. `planAssets` sets its path, `deriveStatus` its deadline. */
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

/** The file that was stored is missing or damaged, and has not been replaced yet. */
export function isDamaged({ damagedAt, key }: Pick<Asset, 'damagedAt' | 'key'>): boolean {
  return damagedAt !== null && !key?.startsWith('library/');
}
