// Many tasks at the same time, each with its own luck, decided by a seed: callbacks are dropped, repeated, reordered,
// delayed and damaged, hosts fail in turn, the provider and the event bus are down now and then, and processes crash.

import { message, page, picture, song, songSeconds, unrecognizedFile } from '../../doubles/sample-files.ts';
import { type Seeded, seeded } from '../../doubles/seeded.ts';
import { virtualClock } from '../../doubles/virtual-clock.ts';
import { musicBody, type SaidTrack } from './bodies.ts';
import { answers, type Behaviour, flaky, serves } from './hosts.ts';
import { createProvider } from './provider.ts';
import { createWorld, start } from './world.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** The final state of a file if nothing is lost. */
type Fate = 'stored' | 'failed';
type Luck = {
  fate: Fate;
  behaviour: Behaviour;
  fresh?: Behaviour;
  fileAt?: (now: number, file: Buffer) => Buffer | undefined;
};

/** Each behaviour that a link can have, from the moment on at which it is reported. */
type LuckOf = (seed: Seeded, at: number) => Luck;
/** Each way in which a host can be wrong for a while; then it serves. */
const wrongCodes = [
  'dns_failed',
  'connect_failed',
  'connect_timeout',
  'tls_failed',
  'first_byte_timeout',
  'idle_timeout',
  'too_slow',
  'cut',
  'wrong_digest',
  'throttled',
  'server_error',
  'forbidden',
  'not_found',
  'unexpected_status',
  'empty',
  'changed',
  'not_media',
  'too_large',
  'refused_url',
  'refused_address',
  'too_many_redirects',
  'host_not_allowed',
  'encoded',
  'unknown',
] as const;
const wrongFiles = [
  () => picture(),
  () => unrecognizedFile(),
  () => page,
  () => message,
  () => Buffer.alloc(0),
  // Half of it, and not just between two frames, where no structure could tell.
  (file: Buffer) => file.subarray(0, file.length - 104 * Math.floor(file.length / 208) - 52),
] as const;
export const waysToBeWrong = wrongCodes.length + wrongFiles.length;

/** Wrong in one of these ways, at most until a day before the deadline. */
const wrongForAWhile: LuckOf = ({ upTo, pick, chance }, at) => {
  const until = at + upTo(13 * day);
  if (chance(wrongCodes.length / waysToBeWrong)) {
    return { fate: 'stored', behaviour: answers(pick(wrongCodes), until) };
  }
  const wrong = pick(wrongFiles);
  return { fate: 'stored', behaviour: serves, fileAt: (now, file) => (now < until ? wrong(file) : undefined) };
};

const lucks: readonly [LuckOf, ...LuckOf[]] = [
  () => ({ fate: 'stored', behaviour: serves }),
  () => ({ fate: 'stored', behaviour: serves }),
  () => ({ fate: 'stored', behaviour: serves }),
  (_, at) => ({ fate: 'stored', behaviour: answers('not_found', at + 30 * minute) }),
  ({ chance }) => ({ fate: 'stored', behaviour: flaky(chance, 0.1) }),
  (_, at) => ({ fate: 'stored', behaviour: answers('throttled', at + 13 * day) }),
  ({ upTo }, at) => ({ fate: 'stored', behaviour: answers('not_media', at + upTo(10) * day) }),
  () => ({ fate: 'stored', behaviour: answers('not_found'), fresh: serves }),
  () => ({ fate: 'failed', behaviour: answers('not_found') }),
  () => ({ fate: 'failed', behaviour: answers('refused_address') }),
  wrongForAWhile,
  wrongForAWhile,
];

/** `isMild`: every host serves in the end. */
export type LifeOptions = { seed: number; tasks: number; isMild?: boolean };

export async function live({ seed, tasks, isMild = false }: LifeOptions) {
  const luck = seeded(seed);
  const { random, chance, upTo, pick } = luck;
  const clock = virtualClock(start);
  const freshLinks = new Map<string, string>();
  const provider = createProvider({
    clock,
    freshLinks,
    trouble: () =>
      chance(0.1)
        ? { outcome: 'unavailable', detail: 'it answered 430', retryAfterMs: pick([null, 20_000]) }
        : undefined,
  });
  const world = createWorld(
    {
      provider: provider.api,
      random,
      isBusDown: () => chance(0.1),
      diesAt: (who) => (chance(who === 'archiver' ? 0.15 : 0.05) ? 1 + upTo(who === 'archiver' ? 20 : 8) : Infinity),
    },
    clock,
  );
  const expected = new Map<string, Fate | 'refused'>();
  const files = new Map<string, Buffer>();
  const acknowledged: object[] = [];

  for (let number = 0; number < tasks; number++) await bringAbout(`task-${seed}-${number}`);
  await world.run();
  return { world, provider, expected, files, acknowledged };

  async function bringAbout(taskId: string): Promise<void> {
    const createdAt = start + upTo(2 * hour);
    const isRefused = !isMild && chance(0.05);
    const tracks = ['a', 'b'].map((name) => trackOf(`${taskId}-${name}`, createdAt));
    const stages = isRefused
      ? [{ at: createdAt + minute, body: musicBody('error', taskId, [], pick([400, 501])) }]
      : [
          { at: createdAt + minute / 2, body: musicBody('text', taskId, tracks.map(withoutLinks)) },
          {
            at: createdAt + minute,
            body: musicBody(
              'first',
              taskId,
              tracks.map((track, index) => (index === 0 ? track : withoutLinks(track))),
            ),
          },
          { at: createdAt + 2 * minute, body: musicBody('complete', taskId, tracks) },
        ];
    provider.add({ taskId, provider: 'sunoapi.org', kind: 'music', createdAt, stages });
    if (isRefused) expected.set(taskId, 'refused');

    const deliveries = stages.flatMap(({ at, body }) => (chance(0.25) ? [] : deliveriesOf(at, body)));
    for (const { at, body } of deliveries) world.at(at, () => deliver(body));
    // The provider would not know a task that was never reported.
    if (deliveries.length === 0 || chance(0.3)) {
      const announced = { provider: 'sunoapi.org', kind: 'music', taskId } as const;
      world.at(createdAt + upTo(hour), () => world.announce([announced]));
    }
  }

  function deliveriesOf(at: number, body: object): { at: number; body: object | string }[] {
    const delay = () => (chance(0.5) ? 0 : chance(0.8) ? upTo(10 * minute) : upTo(2 * day));
    const whole = Array.from({ length: 1 + (chance(0.3) ? upTo(3) : 0) }, () => ({ at: at + delay(), body }));
    const broken = chance(0.05) ? [{ at: at + delay(), body: JSON.stringify(body).slice(0, -10) }] : [];
    return [...whole, ...broken];
  }

  /** Three attempts, as the providers make them, and never again: the last one must not be lost here. */
  async function deliver(body: object | string): Promise<void> {
    for (;;) {
      if ((await world.post(body)) !== undefined) break;
    }
    if (typeof body === 'object') acknowledged.push(body);
  }

  function trackOf(id: string, createdAt: number): SaidTrack {
    const { fate, behaviour, fresh, fileAt } = (isMild ? wrongForAWhile : pick(lucks))(luck, createdAt);
    const audioUrl = `https://media.example/${id}.mp3`;
    const file = song(chance(0.3) ? 6_000 + upTo(4_000) : 1_000 + upTo(900));
    files.set(id, file);
    expected.set(id, fate);
    world.hosts.put(audioUrl, { file, behaviour, fileAt: fileAt && ((now) => fileAt(now, file)) });
    if (fresh !== undefined) {
      const link = `https://media.example/fresh/${id}.mp3`;
      world.hosts.put(link, { file, behaviour: fresh });
      freshLinks.set(audioUrl, link);
    }
    return { id, title: `Song ${id}`, audioUrl, duration: songSeconds(file) };
  }
}

function withoutLinks({ id, title }: SaidTrack): SaidTrack {
  return { id, title, audioUrl: '' };
}
