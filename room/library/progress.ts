import type { Asset } from '../../functions/domain/record.ts';
import type { Row } from '../page-api.ts';

/** The received bytes of large files in transfer; null if there are none. */
export function progressOf(assets: readonly Pick<Asset, 'progress'>[]): Row['progress'] {
  const under = assets.flatMap(({ progress }) => progress ?? []);
  if (under.length === 0) return null;
  return {
    bytes: sum(under.map(({ checkedParts, partBytes, totalBytes }) => Math.min(checkedParts * partBytes, totalBytes))),
    ofBytes: sum(under.map(({ totalBytes }) => totalBytes)),
  };
}

const sum = (amounts: readonly number[]) => amounts.reduce((one, other) => one + other, 0);
