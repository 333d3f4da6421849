// The providers' endpoints for the state of a task. Sources: docs.sunoapi.org and docs.kie.ai, "Get … Details".
import type { Provider, TaskKind } from '../words.ts';

export type KnownProvider = Exclude<Provider, 'unknown'>;
/** The shape of an answer: that of the kind's own endpoint, or of kie.ai's unified jobs. */
export type Shape = Exclude<TaskKind, 'unknown'> | 'job';
export type Endpoint = { shape: Shape; path: string; idParameter: 'taskId' | 'task_id' };

const at = (shape: Shape, path: string): Endpoint => ({ shape, path: `/api/v1/${path}`, idParameter: 'taskId' });

const music = [at('music', 'generate/record-info')];
const jobs = [at('job', 'jobs/recordInfo')];

const byKind: Record<TaskKind, readonly Endpoint[]> = {
  music,
  video: [at('video', 'mp4/record-info')],
  wav: [at('wav', 'wav/record-info')],
  stems: [at('stems', 'vocal-removal/record-info')],
  cover: [at('cover', 'suno/cover/record-info')],
  lyrics: [at('lyrics', 'lyrics/record-info')],
  midi: [at('midi', 'midi/record-info')],
  // A voice, and the phrase to be sung for it.
  voice: [at('voice', 'voice/record-info'), at('voice', 'voice/validate-info')],
  recovery: [{ ...at('recovery', 'suno/recovery/record-info'), idParameter: 'task_id' }],
  // Most tasks are music.
  unknown: music,
};

/** Tried in this order until one of them knows the task. kie.ai has unified jobs beside the older endpoints. */
export function endpointsOf(provider: KnownProvider, kind: TaskKind): readonly Endpoint[] {
  return provider === 'kie.ai' ? [...byKind[kind], ...jobs] : byKind[kind];
}
