// The tasks that need the owner's attention, most urgent first.
import { riskHours } from '../../client/attention.ts';
import { hoursBetween } from '../../client/times.ts';
import type { Attention } from '../page-api.ts';
import type { Entry } from './entry.ts';

/**
 * First the tasks whose links expire soon, then those that ended with missing files, then those that continue by
 * themselves.
 */
const urgency = { 'at-risk': 0, failed: 1, quarantined: 2, open: 3 } as const satisfies Record<
  Attention['why'],
  number
>;

const advice = {
  'at-risk': 'Its links expire soon: retry now, or save the files from the provider yourself.',
  quarantined: 'Download and check them; a retry fetches them again, as long as a link works.',
} as const;

const still = { advice: null, hoursLeft: null, dueAt: null } as const;

export function attentionTo(concern: Entry['concern'], now: Date): Attention | null {
  if (concern === null) return null;
  const { reason } = concern;
  switch (concern.what) {
    case 'failed':
      return { ...still, why: 'failed', reason, advice: concern.advice || null };
    case 'quarantined':
      return { ...still, why: 'quarantined', reason, advice: advice.quarantined };
    case 'open': {
      const hoursLeft = hoursBetween(now, new Date(concern.deadline));
      const open = { reason, hoursLeft, dueAt: concern.dueAt };
      if (hoursLeft > riskHours) return { ...open, why: 'open', advice: null };
      return { ...open, why: 'at-risk', advice: advice['at-risk'] };
    }
  }
}

/** `entries`: newest first; this order is kept among equally urgent tasks. */
export function needingAttention(entries: readonly Entry[], now: Date): Entry[] {
  const ranked = entries.flatMap((entry) => {
    const attention = attentionTo(entry.concern, now);
    if (attention === null) return [];
    return [{ entry, rank: urgency[attention.why], hoursLeft: attention.hoursLeft ?? 0 }];
  });
  ranked.sort((one, other) => one.rank - other.rank || one.hoursLeft - other.hoursLeft);
  return ranked.map(({ entry }) => entry);
}
