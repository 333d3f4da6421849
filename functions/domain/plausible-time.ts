// Guards deadlines against clocks that are wrong: a machine without a battery starts in 1970, a typing error sets 2099.

/** Before this project existed, no callback was received. */
const earliest = Date.parse('2025-01-01T00:00:00.000Z');

/** Clocks of two machines differ by less. */
const aheadMs = 24 * 3_600_000;

/** `at`, or `now` if `at` cannot be right. A `now` that cannot be right either is no reason to doubt `at`. */
export function plausibleTime(at: string, now: Date): string {
  const time = Date.parse(at);
  const isNowPlausible = now.getTime() >= earliest;
  const isPlausible = time >= earliest && (!isNowPlausible || time <= now.getTime() + aheadMs);
  return isPlausible || !isNowPlausible ? at : now.toISOString();
}
