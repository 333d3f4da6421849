import { type Family, taskAsset } from './family.ts';
import { isObject } from './is-object.ts';
import { link } from './tolerant.ts';

export const video: Family = {
  kindOf: () => 'video',
  matches: ({ data }) => isObject(data) && 'video_url' in data,
  read: ({ data }) =>
    isObject(data) ? { assets: taskAsset('video', 'Video', 'video_url', link.parse(data.video_url)) } : undefined,
};
