import { type Family, taskAsset } from './family.ts';
import { isObject } from './is-object.ts';
import { link } from './tolerant.ts';

/** The documentation uses camelCase; one client in the wild expects snake_case. */
const fields = ['audioWavUrl', 'audio_wav_url'] as const;

export const wav: Family = {
  kindOf: () => 'wav',
  matches: ({ data }) => isObject(data) && fields.some((field) => field in data),
  read({ data }) {
    if (!isObject(data)) return undefined;
    const field = fields.find((name) => link.parse(data[name]) !== null) ?? fields[0];
    return { assets: taskAsset('wav', 'Audio', field, link.parse(data[field])) };
  },
};
