import { describe, expect, it } from 'vitest';
import { waitFor } from '../../../local/demo/run-demo.ts';

function waiting(limitMs: number) {
  let now = 0;
  return {
    limitMs,
    everyMs: 50,
    now: () => now,
    pause: async (ms: number) => {
      now += ms;
    },
  };
}

describe('waitFor', () => {
  it('ends as soon as nothing is missing', async () => {
    const answers = [['a song'], ['a song'], []];
    const clock = waiting(1000);

    await waitFor(async () => answers.shift() ?? ['too much asked'], clock);

    expect(clock.now()).toBe(100);
  });

  it('stops after the limit and says what is missing', async () => {
    const clock = waiting(60_000);

    await expect(waitFor(async () => ['the video', 'the WAV'], clock)).rejects.toThrow(
      'gave up after 60 s: the video; the WAV',
    );
    expect(clock.now()).toBe(60_000);
  });
});
