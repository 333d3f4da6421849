// Parses `Retry-After` (RFC 9110, 10.2.3): seconds, or a date in one of the three forms of HTTP (5.6.7).

/**
 * The schedule's longest interval: a host that asks for more is tried again anyway, so that no deadline passes
 * unseen.
 */
const maxMs = 12 * 3_600_000;

/** Some hosts send fractions, and negative numbers for "any time". */
const number = /^[+-]?\d+(\.\d+)?$/;
/** `Date.parse` alone would accept nearly anything, "in 5 minutes" for example. */
const date = /^(\w{3,9}, \d\d[ -]\w{3}[ -](\d{4}|\d\d)|\w{3} \w{3} [ \d]\d) \d\d:\d\d:\d\d (GMT|\d{4})$/;

/** Milliseconds from now, 0 to 12 h; null if the header is missing or invalid. */
export function retryAfterMs(header: string | undefined, now: Date): number | null {
  const text = header?.trim() ?? '';
  const ms = number.test(text) ? Number(text) * 1000 : date.test(text) ? timeOf(text) - now.getTime() : Number.NaN;
  return Number.isNaN(ms) ? null : Math.min(Math.max(Math.ceil(ms), 0), maxMs);
}

/** The oldest form ends with its year and does not name GMT. */
function timeOf(text: string): number {
  return Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
}
