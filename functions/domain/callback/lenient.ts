// Lenient schemas for single values: providers send numbers as text, dates as epochs, and '' or null for "not yet".
import * as z from 'zod';
import { isObject } from './body.ts';

/** A non-empty text; '', null and other types mean "not yet". A number becomes its digits. */
export const text = z
  .unknown()
  .optional()
  .transform((value) => (typeof value === 'number' ? String(value) : value))
  .transform((value) => (typeof value === 'string' && value.trim() !== '' ? value : null));

/**
 * Placeholders that providers have sent instead of a link (`…/None.mp3`, `…/forbidden`): a success without its media.
 */
const noLink = /\/(?:none|null|undefined|forbidden)(?:\.\w+)?$/i;

/** A link, or null. Whether it may be followed is decided elsewhere, so that a rejected link is recorded. */
export const link = text.transform((value) => (value === null || noLink.test(value) ? null : value.trim()));

/** A finite number, also as text. */
export const number = z
  .unknown()
  .optional()
  .transform((value) => (typeof value === 'string' && value.trim() !== '' ? Number(value) : value))
  .transform((value) => (typeof value === 'number' && Number.isFinite(value) ? value : null));

/** A list; anything else is an empty one. Entries that are not objects are dropped. */
export const list = z
  .unknown()
  .optional()
  .transform((value) => (Array.isArray(value) ? value.filter(isObject) : []));

/** An object; anything else is an empty one. */
export const object = z
  .unknown()
  .optional()
  .transform((value) => (isObject(value) ? value : {}));

/** Distinguishes seconds from milliseconds since 1970: as seconds this would be the year 5138. */
const millisecondsFrom = 1e11;

/**
 * A provider's time as an ISO 8601 instant, or null if it cannot be read. Text without a zone is read as UTC: the
 * providers name no zone, and UTC is the same on every machine.
 */
export function parseTime(sent: string | number): string | null {
  const numeric = typeof sent === 'number' ? sent : /^\d{9,16}$/.test(sent) ? Number(sent) : null;
  const zoned =
    numeric !== null
      ? numeric * (numeric < millisecondsFrom ? 1000 : 1)
      : Date.parse(/^\d{4}-\d\d-\d\d[ T][\d:.]+$/.test(String(sent)) ? `${sent}Z`.replace(' ', 'T') : String(sent));
  const date = new Date(zoned);
  const year = date.getUTCFullYear();
  return Number.isNaN(year) || year < 0 || year > 9999 ? null : date.toISOString();
}
