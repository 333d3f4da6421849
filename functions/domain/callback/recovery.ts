// sunoapi.org's recovery of old songs: `data` itself is the list of tracks. The files may be .m4a.
import type { Family } from './family.ts';
import { list } from './tolerant.ts';
import { readTracks } from './tracks.ts';

export const recovery: Family = {
  kindOf: () => 'recovery',
  provider: 'sunoapi.org',
  matches: ({ data }) => Array.isArray(data),
  read: ({ data }) => readTracks(list.parse(data)),
};
