// The providers' endpoints for the state of a task. Sources: docs.sunoapi.org and docs.kie.ai, "Get … Details".

import { number, text } from '../callback/lenient.ts';
import type { Provider, TaskKind } from '../vocabulary.ts';

export type KnownProvider = Exclude<Provider, 'unknown'>;

/** The shape of an answer: that of the kind's own endpoint, or of kie.ai's unified jobs. */
export type Shape = Exclude<TaskKind, 'unknown'> | 'job';

export type Endpoint = { shape: Shape; path: string; idParameter: 'taskId' | 'task_id' };

const at = (shape: Shape, path: string): Endpoint => ({ shape, path: `/api/v1/${path}`, idParameter: 'taskId' });

const music = [at('music', 'generate/record-info')];

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

const jobs = [at('job', 'jobs/recordInfo')];

/** Tried in this order until one of them knows the task. kie.ai has unified jobs beside the older endpoints. */
export function endpointsOf(provider: KnownProvider, kind: TaskKind): readonly Endpoint[] {
  return provider === 'kie.ai' ? [...byKind[kind], ...jobs] : byKind[kind];
}

// The meaning of a polling answer without a result. The code in the body decides, not the HTTP status.

export type Refusal =
  | { unknown: string }
  | { refused: string; refusal: 'key' | 'credits' }
  /** `isBusy`: further polls would get the same answer and make it worse. */
  | { unavailable: string; isBusy: boolean };

// The progress of a task, from the words and numbers that the endpoints use for it.

export type AnswerState =
  | 'pending'
  | 'text'
  | 'first'
  | 'complete'
  /** The callback could not be delivered, which says nothing about the task: its files decide. */
  | 'undelivered'
  /** Unknown or missing state: use the files it names, but do not treat the task as complete. */
  | 'unrecognised'
  | 'failed';

const words: ReadonlyMap<string, AnswerState> = new Map([
  ['PENDING', 'pending'],
  ['GENERATING', 'pending'],
  ['WAITING', 'pending'],
  ['QUEUING', 'pending'],
  ['PROCESSING_VALIDATE', 'pending'],
  ['TEXT_SUCCESS', 'text'],
  ['FIRST_SUCCESS', 'first'],
  // The phrase is ready; the owner has to act next.
  ['WAIT_VALIDATING', 'complete'],
  ['CALLBACK_EXCEPTION', 'undelivered'],
  ['SENSITIVE_WORD_ERROR', 'failed'],
]);

type Meaning =
  | { outcome: 'unknown' | 'busy'; words: string }
  | { outcome: 'refused'; refusal: 'key' | 'credits'; words: string };

const noCredits: Meaning = {
  outcome: 'refused',
  refusal: 'credits',
  words: 'the account has no credits left: top it up',
};

const tooOften: Meaning = { outcome: 'busy', words: 'it was polled too often' };

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

/** `successFlag` as a number: 2 means "generating" for covers, "could not be created" for the others. */
const flags: readonly AnswerState[] = ['pending', 'complete', 'failed', 'failed'];

const coverFlags: readonly AnswerState[] = ['pending', 'complete', 'pending', 'failed'];

/** `said`: the state as it was sent, for the owner. */
export function stateOf(shape: Shape, data: Readonly<Record<string, unknown>>): { state: AnswerState; said: string } {
  const said = [data.state, data.status, data.successFlag].map((value) => text.parse(value)).find((word) => word);
  if (said == null) return { state: 'unrecognised', said: '' };
  const flag = number.parse(said);
  return {
    said,
    state: flag === null ? stateOfWord(said) : ((shape === 'cover' ? coverFlags : flags)[flag] ?? 'unrecognised'),
  };
}

function stateOfWord(said: string): AnswerState {
  const word = said.trim().toUpperCase();
  const known = words.get(word);
  if (known !== undefined) return known;
  // `SUCCESS-Success` exists, too.
  if (/^SUCCESS\b/.test(word)) return 'complete';
  return /(?:^|_)FAIL(?:ED)?$/.test(word) ? 'failed' : 'unrecognised';
}
