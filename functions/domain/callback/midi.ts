import type { Family } from './family.ts';
import { isObject } from './is-object.ts';

/** The notes are in the callback itself, which is stored under `callbacks/`; there is no file to fetch. */
export const midi: Family = {
  kindOf: () => 'midi',
  matches: ({ data }) => isObject(data) && ('instruments' in data || data.state === 'complete'),
  read: () => ({}),
};
