// Generate, extend, cover, add-vocals, add-instrumental, replace-section, mashup and sounds have the same shape.
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
 * The stage of a success. An unknown stage is treated as `first`: its links are fetched, and the task is not
 * complete. For "error" with a success code, the code wins.
 */
function stageOf(callbackType: unknown): Stage {
  if (callbackType === 'text' || callbackType === 'first') return callbackType;
  return callbackType == null || /complete|success|error|fail/i.test(String(callbackType)) ? 'complete' : 'first';
}
