// The meaning of a polling answer without a result. The code in the body decides, not the HTTP status.
import type { KnownProvider } from './endpoints.ts';

export type Refusal =
  | { unknown: string }
  | { refused: string; refusal: 'key' | 'credits' }
  /** `isBusy`: further polls would get the same answer and make it worse. */
  | { unavailable: string; isBusy: boolean };

type Meaning =
  | { outcome: 'unknown' | 'busy'; words: string }
  | { outcome: 'refused'; refusal: 'key' | 'credits'; words: string };

const noCredits: Meaning = {
  outcome: 'refused',
  refusal: 'credits',
  words: 'the account has no credits left: top it up',
};
const tooOften: Meaning = { outcome: 'busy', words: 'it was asked too often' };
const noSuchTask: Meaning = { outcome: 'unknown', words: 'it knows no such task' };
const badKey: Meaning = {
  outcome: 'refused',
  refusal: 'key',
  words: "it does not accept the API key: put a valid one into the secret of the providers' keys",
};

/** Sources: the tables of status codes on docs.sunoapi.org and docs.kie.ai. */
const common: Readonly<Record<number, Meaning>> = {
  401: badKey,
  402: noCredits,
  403: badKey,
  404: noSuchTask,
  405: tooOften,
  408: { outcome: 'busy', words: 'it was too slow' },
  // "recordInfo is null", at kie.ai.
  422: noSuchTask,
  430: tooOften,
  455: { outcome: 'busy', words: 'it is under maintenance' },
};

const byProvider: Record<KnownProvider, Readonly<Record<number, Meaning>>> = {
  'sunoapi.org': { ...common, 429: noCredits },
  'kie.ai': { ...common, 429: tooOften },
};

/** `msg`: the provider's own message, or ''. */
export function refusalOf(provider: KnownProvider, code: number, msg: string): Refusal {
  const meaning = byProvider[provider][code];
  const answered = `${provider} answered ${code}`;
  if (meaning === undefined) return { unavailable: [answered, msg].filter(Boolean).join(': '), isBusy: false };
  const words = `${answered}: ${meaning.words}`;
  if (meaning.outcome === 'refused') return { refused: words, refusal: meaning.refusal };
  return meaning.outcome === 'unknown' ? { unknown: words } : { unavailable: words, isBusy: true };
}
