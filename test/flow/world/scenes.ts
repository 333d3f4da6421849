// One task in a small world, and its songs on hosts that serve.
import type { ProviderAnswer } from '../../../functions/ports.ts';
import { song, songSeconds } from '../../doubles/sample-files.ts';
import { virtualClock } from '../../doubles/virtual-clock.ts';
import { musicBody, type SaidTrack } from './bodies.ts';
import { type Behaviour, serves } from './hosts.ts';
import { createProvider } from './provider.ts';
import { createWorld, start, type WorldOptions } from './world.ts';

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

type SceneOptions = Omit<WorldOptions, 'provider'> & {
  /** Whether there is an API key, so that the provider can be polled. */
  hasKey?: boolean;
  trouble?: () => ProviderAnswer | undefined;
  freshLinks?: ReadonlyMap<string, string>;
};

export function scene({ hasKey = true, trouble, freshLinks, ...options }: SceneOptions = {}) {
  const clock = virtualClock(start);
  const provider = createProvider({ clock, trouble, freshLinks });
  const world = createWorld({ ...options, ...(hasKey && { provider: provider.api }) }, clock);

  /** A song, the behaviour of its host, and what a callback says about it. */
  function track(id: string, more: Partial<SaidTrack> & { behaviour?: Behaviour; file?: Buffer } = {}): SaidTrack {
    const { behaviour = serves, file = song(1_500), ...said } = more;
    const known = {
      id,
      title: `Song ${id}`,
      audioUrl: `https://media.example/${id}.mp3`,
      duration: songSeconds(file),
      ...said,
    };
    world.hosts.put(known.audioUrl, { file, behaviour });
    return known;
  }

  /** Makes the provider's API report the task as complete, whatever the callbacks say. */
  function made(taskId: string, tracks: readonly SaidTrack[], at = start + 2 * minute): void {
    const body = musicBody('complete', taskId, tracks);
    provider.add({ taskId, provider: 'sunoapi.org', kind: 'music', createdAt: start, stages: [{ at, body }] });
  }

  const audio = (taskId: string) => world.record(taskId).assets.filter(({ kind }) => kind === 'audio');
  const logged = (event: string) => world.lines.filter((line) => line.event === event);
  return { ...world, world, provider, track, made, audio, logged };
}

export const expectedSong = (taskId: string) => ({ provider: 'sunoapi.org', kind: 'music', taskId }) as const;
