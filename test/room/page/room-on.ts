import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chooseLocal } from '../../../client/target/local-target.ts';
import type { BucketReader } from '../../../client/target.ts';
import { type ListeningRoom, openRoom } from '../../../room/open-room.ts';

/** Polls the bucket twenty times as often. */
const hurried = (ms: number, signal?: AbortSignal) => sleep(ms / 20, undefined, { signal }).catch(() => {});

/** The listening room of the local deployment in this folder, or of another bucket. */
export async function roomOn(folder: string, bucket?: BucketReader): Promise<ListeningRoom> {
  const chosen = chooseLocal({ folder, wasNamed: true });
  const target = await chosen.open();
  const room = await openRoom({
    target: { ...target, bucket: bucket ?? target.bucket },
    port: 0,
    now: () => new Date(),
    wait: hurried,
    env: { XDG_CACHE_HOME: join(folder, '.trackkeeper', 'cache') },
    adviceOn: chosen.adviceOn,
  });
  return {
    url: room.url,
    async close() {
      await room.close();
      target.close();
    },
  };
}
