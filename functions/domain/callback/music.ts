// Generate, extend, cover, add-vocals, add-instrumental, replace-section, mashup, sounds: all look the same.
import type { Stage } from '../record.ts';
import type { Family } from './family.ts';
import { isObject } from './is-object.ts';
import { list } from './tolerant.ts';
import { readTracks } from './tracks.ts';

export const music: Family = {
  kindOf: () => 'music',
  matches: ({ data }) => isObject(data) && ('callbackType' in data || Array.isArray(data.data)),
  read: ({ data }) =>
    isObject(data) ? { stage: stageOf(data.callbackType), ...readTracks(list.parse(data.data)) } : undefined,
};

/**
 * The stage of a success. A stage that nobody has heard of is taken for `first`: its links are fetched, and nothing is
 * said to be complete. "error" on a success is a contradiction in which the code wins.
 */
function stageOf(callbackType: unknown): Stage {
  if (callbackType === 'text' || callbackType === 'first') return callbackType;
  return callbackType == null || /complete|success|error|fail/i.test(String(callbackType)) ? 'complete' : 'first';
}
