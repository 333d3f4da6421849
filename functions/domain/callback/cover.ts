import type { Family, SeenAsset } from './family.ts';
import { isObject } from './is-object.ts';
import { link } from './tolerant.ts';

export const cover: Family = {
  kindOf: () => 'cover',
  matches: ({ data }) => isObject(data) && 'images' in data,
  read: ({ data }) => (isObject(data) && Array.isArray(data.images) ? { assets: covers(data.images, 'images') } : {}),
};

/** Two images with the same URL are one. */
export function covers(urls: readonly unknown[], field: string): SeenAsset[] {
  const present = new Set(urls.map((url) => link.parse(url)).filter((url) => url !== null));
  return [...present].map((url, index) => ({
    kind: 'image',
    trackId: null,
    name: `Cover ${index + 1}`,
    urls: [{ field, url }],
  }));
}
