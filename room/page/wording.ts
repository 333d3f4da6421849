// Times, sizes and counts as text.

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** 2:05, 1:02:05. */
export function clock(seconds: number): string {
  const whole = Number.isFinite(seconds) ? Math.max(0, Math.round(seconds)) : 0;
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (number: number) => String(number).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

const longDay = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
});

/** In UTC, like the folders of the bucket. */
export function dayText(day: string, now: Date): string {
  const at = Date.parse(day);
  if (Number.isNaN(at)) return day;
  const words = longDay.format(at).replace(',', '');
  const daysAgo = Math.floor(now.getTime() / dayMs) - Math.floor(at / dayMs);
  return daysAgo === 0 ? `Today, ${words}` : daysAgo === 1 ? `Yesterday, ${words}` : words;
}

const instant = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short' });

/** In the browser's time zone. */
export function instantText(at: string): string {
  const time = Date.parse(at);
  return Number.isNaN(time) ? at : instant.format(time);
}

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** In 5 minutes, in 3 hours, 2 days ago. */
export function fromNow(at: string, now: Date): string {
  const ms = Date.parse(at) - now.getTime();
  if (Number.isNaN(ms)) return at;
  const size = Math.abs(ms);
  if (size < minuteMs) return ms <= 0 ? 'just now' : 'within a minute';
  if (size < hourMs) return relative.format(Math.round(ms / minuteMs), 'minute');
  return size < 2 * dayMs
    ? relative.format(Math.round(ms / hourMs), 'hour')
    : relative.format(Math.round(ms / dayMs), 'day');
}

/** The time until the links expire, rounded down. */
export function hoursLeftText(hours: number): string {
  if (hours < 1) return 'less than an hour left';
  const whole = Math.floor(hours);
  return whole >= 72 ? `${Math.floor(whole / 24)} days left` : `${counted(whole, 'hour')} left`;
}

const number = new Intl.NumberFormat('en');

export const counted = (count: number, noun: string) => `${number.format(count)} ${noun}${count === 1 ? '' : 's'}`;
export const grouped = (count: number) => number.format(count);

/** In powers of 1,000, like file managers. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const amount = bytes / 1000 ** step;
  return `${step === 0 || amount >= 100 ? Math.round(amount) : amount.toFixed(1)} ${units[step]}`;
}

/** A kind or status at the start of a line: `Video`, `WAV`. */
export const capitalised = (word: string) =>
  ['wav', 'midi'].includes(word) ? word.toUpperCase() : word.charAt(0).toUpperCase() + word.slice(1);
