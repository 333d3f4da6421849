import type { Asset } from '../../../functions/domain/record.ts';
import type { Row } from '../page-api.ts';

/** Of the large files that are on their way, what has come; null where none is. */
export function progressOf(assets: readonly Pick<Asset, 'progress'>[]): Row['progress'] {
  const under = assets.flatMap(({ progress }) => progress ?? []);
  if (under.length === 0) return null;
  return {
    bytes: sum(under.map(({ checkedParts, partBytes, totalBytes }) => Math.min(checkedParts * partBytes, totalBytes))),
    ofBytes: sum(under.map(({ totalBytes }) => totalBytes)),
  };
}

const sum = (amounts: readonly number[]) => amounts.reduce((one, other) => one + other, 0);
