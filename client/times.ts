const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** `45 min`, `51 h`, `9 days`; rounded down. */
export function formatDuration(ms: number): string {
  if (ms < 2 * hour) return `${Math.floor(ms / minute)} min`;
  return ms < 4 * day ? `${Math.floor(ms / hour)} h` : `${Math.floor(ms / day)} days`;
}

/** `2026-11-20 18:04 UTC`. */
export function formatInstant(instant: string | Date): string {
  return `${new Date(instant).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** In tenths, for programs. */
export function hoursBetween(from: Date, to: Date): number {
  return Math.round((to.getTime() - from.getTime()) / (hour / 10)) / 10;
}
