// Each provider's request to make the files of an old task available again. It costs the owner's credits.
import type { ExpectedTask } from '../../functions/domain/expected.ts';

export type RecoveringProvider = ExpectedTask['provider'];
type Recovery = { taskId: string; callBackUrl: string };

type Api = {
  /** The environment variable that overrides the base URL. */
  variable: string;
  url: string;
  path: string;
  body(recovery: Recovery): object;
};

export const recoveryApis: Record<RecoveringProvider, Api> = {
  'sunoapi.org': {
    variable: 'SUNOAPI_URL',
    url: 'https://api.sunoapi.org',
    path: '/api/v1/suno/recovery',
    body: ({ taskId, callBackUrl }) => ({ sunoTaskId: taskId, callBackUrl }),
  },
  'kie.ai': {
    variable: 'KIE_URL',
    url: 'https://api.kie.ai',
    path: '/api/v1/jobs/createTask',
    body: ({ taskId, callBackUrl }) => ({
      model: 'ai-music-api/suno-recovery-audio',
      callBackUrl,
      input: { task_id: taskId },
    }),
  },
};
