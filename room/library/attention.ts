// The tasks that need the owner's attention, most urgent first.
import { isAtRisk, riskHours } from '../../client/attention.ts';
import { hoursBetween } from '../../client/times.ts';
import type { Attention } from '../page-api.ts';
import type { Entry } from './entry.ts';

/**
 * First the tasks that are at risk, then those that ended with missing files, then those with files that are not as
 * promised, then those that continue by themselves.
 */
const urgency = { 'at-risk': 0, failed: 1, quarantined: 2, suspect: 3, open: 4 } as const satisfies Record<
  Attention['why'],
  number
>;

const advice = {
  refused: 'Every link has refused it for hours. It is tried until its deadline; save it from the provider if you can.',
  'at-risk': 'Its links expire soon: retry now, or save the files from the provider yourself.',
  suspect: 'Listen to it: it may be a preview or incomplete. It is fetched again while its link lives.',
  quarantined: 'Download and check them; a retry fetches them again, as long as a link works.',
} as const;

const still = { advice: null, hoursLeft: null, dueAt: null, canRetry: true } as const;

/** `hasKey`: the provider can be polled. */
export function attentionTo(concern: Entry['concern'], now: Date, hasKey = true): Attention | null {
  if (concern === null) return null;
  const { reason } = concern;
  switch (concern.what) {
    case 'failed':
      return {
        ...{ ...still, why: 'failed', reason, advice: concern.advice || null },
        canRetry: hasKey || !concern.isProviders,
      };
    case 'quarantined':
      return { ...still, why: 'quarantined', reason, advice: advice.quarantined };
    case 'suspect':
      return { ...still, why: 'suspect', reason, advice: advice.suspect };
    case 'open': {
      const hoursLeft = hoursBetween(now, new Date(concern.deadline));
      const open = { reason, hoursLeft, dueAt: concern.dueAt, canRetry: true };
      if (!isAtRisk(concern, now)) return { ...open, why: 'open', advice: null };
      const isNear = hoursLeft <= riskHours;
      return { ...open, why: 'at-risk', advice: isNear ? advice['at-risk'] : advice.refused };
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
