import { setTimeout } from 'node:timers/promises';
import type { Pause } from '../ports.ts';

export const pause: Pause = async (ms, signal) => {
  await setTimeout(ms, undefined, { signal }).catch(() => undefined);
};
