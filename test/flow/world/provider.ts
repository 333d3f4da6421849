// A provider in memory: tasks that progress over time, the callbacks that they would send, and the API for polling.
import { parseCallback } from '../../../functions/domain/callback/parse.ts';
import type { Clock, ProviderAnswer, ProviderApi } from '../../../functions/ports.ts';

export type ProviderTask = {
  taskId: string;
  provider: 'sunoapi.org' | 'kie.ai';
  kind: 'music' | 'video';
  createdAt: number;
  /** The answer from each point in time on, in order. */
  stages: readonly { at: number; body: object }[];
};

type Options = {
  clock: Clock;
  /** The error of this request, if any. */
  trouble?: () => ProviderAnswer | undefined;
  /** Fresh links that it has for files. */
  freshLinks?: ReadonlyMap<string, string>;
};

export function createProvider({ clock, trouble = () => undefined, freshLinks = new Map() }: Options) {
  const tasks = new Map<string, ProviderTask>();
  let asked = 0;

  const api: ProviderApi = {
    async ask({ taskId }) {
      asked++;
      const problem = trouble();
      if (problem !== undefined) return problem;
      const task = tasks.get(taskId);
      const now = clock.now().getTime();
      if (task === undefined || task.createdAt > now) return { outcome: 'unknown', detail: 'there is no such task' };
      const said = task.stages.findLast(({ at }) => at <= now);
      return said === undefined ? pending(task) : answered(said.body);
    },
    freshLink: async (url) => freshLinks.get(url) ?? null,
  };
  return { api, add: (task: ProviderTask) => void tasks.set(task.taskId, task), asked: () => asked };
}

function answered(body: object): ProviderAnswer {
  const parsed = parseCallback(Buffer.from(JSON.stringify(body)));
  if ('unrecognised' in parsed) throw new Error(parsed.unrecognised);
  return { outcome: 'answered', callback: parsed.callback, said: JSON.stringify(body) };
}

function pending({ taskId, provider, kind }: ProviderTask): ProviderAnswer {
  const nothing = { tracks: [], assets: [], failure: null };
  const callback = { taskId, provider, kind, stage: 'text', code: 200, msg: '', ...nothing } as const;
  return { outcome: 'answered', callback, said: '{}' };
}
