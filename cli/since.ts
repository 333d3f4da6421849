import { CommandError } from './outcome.ts';

const unitMs: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Ages are relative to the start of the command. */
export type Since = (now: Date) => Date;

/**
 * Parses a day (`2026-11-20`, from its start in UTC), an instant (`2026-11-20T18:00:00Z`) or an age (`36h`, `14d`).
 * @throws CommandError if it is none of them
 */
export function parseSince(text: string): Since {
  const [, amount, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (amount !== undefined) return (now) => new Date(now.getTime() - Number(amount) * (unitMs[unit] ?? 0));
  const isInstant = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text);
  const time = isInstant ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return () => new Date(time);
  throw new CommandError(
    `--since ${text} is no date: give a day (2026-11-20), an instant with its zone (2026-11-20T18:00:00Z), ` +
      'or how long ago (36h, 14d).',
    2,
  );
}
