// A clock that stands still until a test moves it.
import type { Clock } from '../../functions/ports.ts';

export type VirtualClock = Clock & { set(to: Date | string | number): void; advance(ms: number): void };

export function virtualClock(start: Date | string | number): VirtualClock {
  let now = new Date(start).getTime();
  return {
    now: () => new Date(now),
    set(to) {
      now = new Date(to).getTime();
    },
    advance(ms) {
      now += ms;
    },
  };
}
