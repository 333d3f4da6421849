// Both providers and the secret with their keys, served on this machine, and a client of their APIs.
import { onTestFinished } from 'vitest';
import { createProviderApi, type ProviderApiOptions } from '../../../../functions/adapters/provider/provider-api.ts';
import type { ProviderQuestion } from '../../../../functions/ports.ts';
import { type Behaviour, reply, startAwsServer } from '../../../doubles/aws-server.ts';
import { startProviderServer } from '../../../doubles/provider-server.ts';

/** Long limits, so that a slow machine fails no test. A test of a limit sets its own. */
const deployment = { connectMs: 10_000, idleMs: 10_000, totalMs: 30_000 };

const account = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' };

export const secretOf = (value: unknown): Behaviour =>
  reply(200, JSON.stringify({ SecretString: JSON.stringify(value) }));

/** As long as real keys. */
export const keys = { 'sunoapi.org': 'sk-of-sunoapi-0123456789abcdef', 'kie.ai': 'sk-of-kie-0123456789abcdef' };

type Options = Pick<ProviderApiOptions, 'clock' | 'limits'> & { secrets?: Behaviour[]; keysSecretId?: string };

export async function openProviders({
  secrets = [secretOf(keys)],
  limits,
  clock,
  keysSecretId = 'keys',
}: Options = {}) {
  const sunoapi = await startProviderServer({ provider: 'sunoapi.org', key: keys['sunoapi.org'] });
  const kie = await startProviderServer({ provider: 'kie.ai', key: keys['kie.ai'] });
  const manager = await startAwsServer({ behaviours: secrets });
  for (const server of [sunoapi, kie, manager]) onTestFinished(server.close);
  const api = createProviderApi({
    keysSecretId,
    urls: { 'sunoapi.org': sunoapi.url, 'kie.ai': `${kie.url}/` },
    environment: { ...account, AWS_ENDPOINT_URL_SECRETS_MANAGER: manager.origin },
    limits: { ...deployment, ...limits },
    ...(clock && { clock }),
  });
  const never = new AbortController().signal;
  return {
    sunoapi,
    kie,
    manager,
    api,
    ask: (question: Partial<ProviderQuestion> = {}, signal = never) =>
      api.ask({ provider: 'sunoapi.org', kind: 'music', taskId: 't1', ...question }, { signal }),
    freshLink: (url: string, signal = never) => api.freshLink(url, { signal }),
  };
}
