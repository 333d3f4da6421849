import type { Family } from './family.ts';
import { isObject } from './is-object.ts';

/** A voice id or a phrase to record: the text stays in the callback under `callbacks/`; there is no file to fetch. */
export const voice: Family = {
  kindOf: () => 'voice',
  matches: ({ data }) => isObject(data) && ('voiceId' in data || 'validateInfo' in data),
  read: () => ({}),
};
