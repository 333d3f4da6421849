// Polls the APIs of sunoapi.org and kie.ai for the state of a task, and gets fresh links.
import { type Endpoint, endpointsOf, type KnownProvider, refusalOf } from '../../domain/answer/endpoints.ts';
import { readAnswer, withoutCallbackUrl } from '../../domain/answer/read-answer.ts';
import { isObject } from '../../domain/callback/body.ts';
import { number } from '../../domain/callback/lenient.ts';
import { isSuccess } from '../../domain/callback/outcome.ts';
import type { Clock, ProviderAnswer, ProviderApi, ProviderQuestion } from '../../ports.ts';
import type { AwsEnvironment } from '../aws/clients.ts';
import type { HttpClientLimits } from '../http-client.ts';
import { createProviderCall, type ProviderResponse } from './call.ts';
import { combine } from './combine.ts';
import { createKeysReader, type ProviderKeys } from './keys.ts';

export type ProviderApiOptions = {
  /** '' if there are no keys. */
  keysSecretId: string;
  urls: Readonly<Record<KnownProvider, string>>;
  environment: AwsEnvironment;
  limits?: Partial<HttpClientLimits>;
  clock?: Clock;
};

/** The largest responses contain all notes of a MIDI. */
const timeouts = { connectMs: 5_000, idleMs: 15_000, totalMs: 15_000, answerBytes: 4 * 1024 ** 2 };
const systemClock: Clock = { now: () => new Date() };

type Asking = { keys: ProviderKeys; signal: AbortSignal };

export function createProviderApi(options: ProviderApiOptions): ProviderApi {
  const { keysSecretId, urls, environment, limits, clock = systemClock } = options;
  const readKeys = createKeysReader(keysSecretId, environment, clock);
  const call = createProviderCall({ ...timeouts, ...limits }, clock);
  const at = (provider: KnownProvider, path: string) => new URL(`${urls[provider].replace(/\/+$/, '')}${path}`);

  return {
    async ask(question, { signal }) {
      let keys: ProviderKeys;
      try {
        keys = await readKeys(signal);
      } catch (error) {
        return unavailable(`the secret of the providers' API keys: ${reasonOf(error, signal)}`);
      }
      const answers: ProviderAnswer[] = [];
      for (const provider of providersOf(question)) {
        answers.push(await askProvider({ ...question, provider }, { keys, signal }));
        if (answers.at(-1)?.outcome === 'answered') break;
      }
      return combine(answers);
    },

    async freshLink(url, { signal }) {
      try {
        const { 'kie.ai': key } = await readKeys(signal);
        if (key === null) return null;
        const asked = at('kie.ai', '/api/v1/common/download-url');
        return linkIn(await call({ key, url: asked, signal, input: { url } }));
      } catch {
        return 'unavailable';
      }
    },
  };

  async function askProvider(question: KnownQuestion, { keys, signal }: Asking): Promise<ProviderAnswer> {
    const { provider, kind } = question;
    const key = keys[provider];
    if (key === null) return { outcome: 'refused', detail: noKey(provider), refusal: null };
    const answers: ProviderAnswer[] = [];
    for (const endpoint of endpointsOf(provider, kind)) {
      const { answer, isLast } = await askEndpoint(endpoint, question, { key, signal });
      answers.push(answer);
      if (isLast) break;
    }
    return combine(answers);
  }

  /** `isLast`: polling another endpoint would not help. */
  async function askEndpoint(
    { path, idParameter, shape }: Endpoint,
    question: KnownQuestion,
    { key, signal }: { key: string; signal: AbortSignal },
  ): Promise<{ answer: ProviderAnswer; isLast: boolean }> {
    const { provider, taskId } = question;
    const url = at(provider, path);
    url.searchParams.set(idParameter, taskId);
    try {
      const { status, body, retryAfterMs } = await call({ key, url, signal });
      const read = readAnswer({ status, body }, { ...question, shape });
      if ('callback' in read) {
        const said = withoutCallbackUrl(JSON.stringify(body));
        return { answer: { outcome: 'answered', callback: read.callback, said }, isLast: true };
      }
      if ('unknown' in read) return { answer: { outcome: 'unknown', detail: read.unknown }, isLast: false };
      if ('refused' in read) {
        return { answer: { outcome: 'refused', detail: read.refused, refusal: read.refusal }, isLast: true };
      }
      return { answer: unavailable(read.unavailable, retryAfterMs), isLast: read.isBusy || retryAfterMs !== null };
    } catch (error) {
      return { answer: unavailable(`${provider}: ${reasonOf(error, signal)}`), isLast: true };
    }
  }
}

type KnownQuestion = ProviderQuestion & { provider: KnownProvider };

function providersOf({ provider }: ProviderQuestion): readonly KnownProvider[] {
  return provider === 'unknown' ? ['sunoapi.org', 'kie.ai'] : [provider];
}

function noKey(provider: KnownProvider): string {
  return `there is no API key for ${provider}: put {"${provider}": "<your key>"} into the secret of the providers' keys`;
}

function unavailable(detail: string, retryAfterMs: number | null = null): ProviderAnswer {
  return { outcome: 'unavailable', detail, retryAfterMs };
}

function reasonOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'stopped before the function ran out of time';
  return error instanceof Error ? error.message : String(error);
}

/** Whether the link may be followed is decided elsewhere. Null: kie.ai has none for this file. */
function linkIn({ status, body }: ProviderResponse): string | null | 'unavailable' {
  if (!isObject(body)) return 'unavailable';
  const code = number.parse(body.code) ?? status;
  if (isSuccess(code)) return typeof body.data === 'string' && URL.canParse(body.data) ? body.data : null;
  return 'unknown' in refusalOf('kie.ai', code, '') ? null : 'unavailable';
}
