// Vocal and stem separation. Three shapes: two or twelve `*_url` keys, or `origin_data` (split_stem_advanced).

import { isObject } from './body.ts';
import type { CallbackAsset, Family } from './family.ts';
import { link, list, object, text } from './lenient.ts';

const infoFields = ['vocal_removal_info', 'vocal_separation_info'] as const;

export const stems: Family = {
  kindOf: () => 'stems',
  matches: ({ data }) => isObject(data) && infoFields.some((field) => field in data),
  read({ data }) {
    if (!isObject(data)) return undefined;
    const info = object.parse(infoFields.map((field) => data[field]).find(isObject));
    const assets = [...byKey(info), ...advanced(info)];
    return { assets, absent: assets.length > 0 ? absentStems(info) : [] };
  },
};

/** Stems with an empty link. Beside stems that exist, the song simply has none of these. */
export function absentStems(info: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(info).flatMap(([field, value]) => {
    const stem = stemOf(field);
    return stem !== null && link.parse(value) === null ? [stemName(stem)] : [];
  });
}

/** Null: the field is no link to a stem. `origin_url` is the original song. */
function stemOf(field: string): string | null {
  const stem = /^(.+?)(?:_url|Url)$/.exec(field)?.[1];
  return stem === undefined || stem === 'origin' ? null : stem;
}

/** Providers add stems without notice, so every `*_url` is one. */
export function byKey(info: Readonly<Record<string, unknown>>): CallbackAsset[] {
  return Object.entries(info).flatMap(([field, value]) => {
    const url = link.parse(value);
    const stem = stemOf(field);
    if (url === null || stem === null) return [];
    return [{ kind: 'stem', trackId: null, name: stemName(stem), urls: [{ field, url }] }];
  });
}

/**
 * Each entry holds the stem alone (`extract`) and the song without it (`remove`), or is flat. Two stems of one group
 * are two files; the same link twice is one.
 */
function advanced(info: Readonly<Record<string, unknown>>): CallbackAsset[] {
  const urlsOf = new Map<string, string[]>();
  return list.parse(info.origin_data).flatMap((entry, index) => {
    const sides = [entry.extract, entry.remove].some(isObject)
      ? { extract: entry.extract, remove: entry.remove }
      : { '': entry };
    return Object.entries(sides).flatMap(([side, value]) => {
      const { audio_url, stem_type_group_name } = object.parse(value);
      const url = link.parse(audio_url);
      if (url === null) return [];
      const group = `${text.parse(stem_type_group_name) ?? `Stem ${index + 1}`} ${side}`.trim();
      const known = urlsOf.get(group) ?? [];
      if (known.includes(url)) return [];
      urlsOf.set(group, [...known, url]);
      const name = known.length === 0 ? group : `${group} ${known.length + 1}`;
      return [{ kind: 'stem', trackId: null, name, urls: [{ field: 'audio_url', url }] }];
    });
  });
}

/** `backing_vocals` and `backingVocals` are the same stem; the name must read well in a file name. */
function stemName(key: string): string {
  const words = key
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .split('_')
    .filter(Boolean);
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' ');
}
