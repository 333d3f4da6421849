// The owner's settings, as a deployment without keys has them.
import type { ArchiverPolicy } from '../../functions/archiver/allowed-sources.ts';

export function policyOf(more: Partial<ArchiverPolicy> = {}): ArchiverPolicy {
  return { canAsk: false, confirm: false, lastResortUrl: 'https://last-resort.example', ...more };
}
