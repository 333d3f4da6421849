import { invalidArgument } from './errors.ts';

/** A whole number from the query. Like S3, silently lowers a limit above `max` to `max`. */
export function limitParameter(query: URLSearchParams, name: string, max = 1000): number {
  return Math.min(max, numberParameter(query, name, max));
}

export function numberParameter(query: URLSearchParams, name: string, absent: number): number {
  const text = query.get(name);
  if (text === null) return absent;
  if (!/^\d{1,9}$/.test(text)) throw invalidArgument(`${name} is a whole number, not '${text}'.`);
  return Number(text);
}
