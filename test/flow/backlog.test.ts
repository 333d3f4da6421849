// F60: every open task falls due at once, as after days without an archiver, while new songs are still being made.
// Ten invocations process the wakes and ten the fresh callbacks, which is the default. Each step takes time on the
// virtual clock.
import { expect, test } from 'vitest';
import { recordKey } from '../../functions/domain/object-key.ts';
import { scheduleKey } from '../../functions/domain/schedule.ts';
import { readConfig } from '../../infra/config.ts';
import { seeded } from '../doubles/seeded.ts';
import { musicBody } from './world/bodies.ts';
import { answers } from './world/hosts.ts';
import { day, hour, minute, scene } from './world/scenes.ts';
import { start } from './world/world.ts';

const tasks = Number(process.env.BACKLOG_TASKS ?? 10_000);
const second = 1_000;
/** Callbacks that arrive together, so that some of them find no free invocation. */
const fresh = { atOnce: 15, everyMs: 30 * second };
/** Links live for 14 days; the oldest tasks of the backlog have this much time left. */
const leastLeftMs = 3 * hour;
const iso = (at: number) => new Date(at).toISOString();

/** A step that only keeps a callback. */
const keepMs = 200;
/** A step that downloads a file takes 2 to 8 s: songs of 5 MB from busy hosts. */
const stepMs = (random: () => number) => 2_000 + Math.floor(random() * 6_000);

test(`F60: of ${tasks} tasks that fall due at once none misses its deadline, and a fresh callback waits for seconds`, async () => {
  const { random } = seeded(60);
  const one = scene({ hasKey: false });
  const { world, clock, track, post } = one;
  const begin = start + 15 * day;
  const deadlines = await fallDue();

  const done = new Map<string, number>();
  const posted = new Map<string, number>();
  const waits: number[] = [];
  const pools = poolsOf(begin);
  for (let at = begin; [...deadlines.keys()].some((task) => !done.has(task)) && at < begin + day; at += second) {
    clock.set(at);
    if ((at - begin) % minute === 0) await world.sweepOnce();
    if ((at - begin) % fresh.everyMs === 0) await postFresh(at);
    for (const { queue, freeAt } of pools) {
      for (const [slot, freeSince] of freeAt.entries()) {
        if (freeSince > at) continue;
        const logged = world.lines.length;
        if (!(await world.runUntilIdle(world[queue]))) break;
        freeAt[slot] = at + (queue === 'callbacks' ? keepMs : stepMs(random));
        note(logged, at, freeAt[slot] ?? at);
      }
    }
  }

  const late = [...deadlines].filter(([task, deadline]) => !((done.get(task) ?? Infinity) < deadline));
  const tookMs = Math.max(...[...deadlines.keys()].map((task) => done.get(task) ?? Infinity)) - begin;
  const longestWaitMs = Math.max(...waits);
  const minutes = (tookMs / minute).toFixed(0);
  console.log(`${minutes} minutes; ${waits.length} fresh callbacks waited for at most ${longestWaitMs / second} s`);
  expect(late).toEqual([]);
  expect(waits.length).toBeGreaterThan(posted.size - 2 * fresh.atOnce);
  expect(longestWaitMs).toBeLessThanOrEqual(30 * second);
  // All are done before the first deadline, so the order of the queue does not matter.
  expect(tookMs).toBeLessThan(leastLeftMs);
  expect(world.callbacks.deadLetters.length + world.wakes.deadLetters.length).toBe(0);

  /** Tasks of 14 days with one open file that is due. One is created by a callback; the others are copies of it. */
  async function fallDue(): Promise<Map<string, number>> {
    const template = 'task-template';
    await post(musicBody('complete', template, [track('open', { behaviour: answers('throttled', start + day) })]));
    await one.run(start + minute / 2);
    const { dueAt, folder } = world.record(template);
    const text = world.bucket.objects.get(recordKey(template))?.bytes.toString() ?? '';
    await world.schedule.remove([{ dueAt: dueAt ?? '', task: template }]);

    const found = new Map<string, number>();
    for (let number = 0; number < tasks; number++) {
      const task = `task-${number}`;
      const seenAt = begin - Math.floor(random() * (14 * day - leastLeftMs));
      const due = iso(Math.ceil(seenAt / second) * second + minute);
      const record = text
        .replaceAll(template, task)
        .replaceAll(folder ?? template, `${folder}-${number}`)
        .replaceAll(iso(start), iso(seenAt))
        .replaceAll(iso(start + 14 * day), iso(seenAt + 14 * day))
        .replaceAll(dueAt ?? template, due);
      await world.bucket.write(recordKey(task), record, { contentType: 'application/json' });
      await world.bucket.write(scheduleKey({ dueAt: due, task }), '', { contentType: 'binary/octet-stream' });
      found.set(task, seenAt + 14 * day);
    }
    return found;
  }

  async function postFresh(at: number): Promise<void> {
    for (let number = 0; number < fresh.atOnce; number++) {
      const task = `fresh-${posted.size}`;
      posted.set(task, at);
      await post(musicBody('complete', task, [track(task)]));
    }
  }

  /** Records what an invocation logged between its begin and its end. */
  function note(logged: number, beganAt: number, endedAt: number): void {
    for (const { event, fields } of world.lines.slice(logged)) {
      if (event !== 'task' || fields?.status !== 'archived') continue;
      const task = String(fields.taskId);
      done.set(task, endedAt);
      const postedAt = posted.get(task);
      if (postedAt !== undefined) waits.push(beganAt - postedAt);
    }
  }
});

/** The invocations that may run at the same time, and when each of them is free again. */
function poolsOf(begin: number) {
  const config = readConfig({});
  if (!config.ok) throw new Error('the defaults are no configuration');
  const slots = (count: number) => Array<number>(count).fill(begin);
  return [
    { queue: 'callbacks', freeAt: slots(config.value.archiverConcurrency) },
    { queue: 'wakes', freeAt: slots(config.value.wakeConcurrency) },
  ] as const;
}
