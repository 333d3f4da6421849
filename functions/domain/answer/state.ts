// The progress of a task, from the words and numbers that the endpoints use for it.
import { number, text } from '../callback/tolerant.ts';
import type { Shape } from './endpoints.ts';

export type State =
  | 'pending'
  | 'text'
  | 'first'
  | 'complete'
  /** The callback could not be delivered, which says nothing about the task: its files decide. */
  | 'undelivered'
  /** Unknown or missing state: use the files it names, but do not treat the task as complete. */
  | 'unheard'
  | 'failed';

const words: ReadonlyMap<string, State> = new Map([
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

/** `successFlag` as a number: 2 means "generating" for covers, "could not be created" for the others. */
const flags: readonly State[] = ['pending', 'complete', 'failed', 'failed'];
const coverFlags: readonly State[] = ['pending', 'complete', 'pending', 'failed'];

/** `said`: the state as it was sent, for the owner. */
export function stateOf(shape: Shape, data: Readonly<Record<string, unknown>>): { state: State; said: string } {
  const said = [data.state, data.status, data.successFlag].map((value) => text.parse(value)).find((word) => word);
  if (said == null) return { state: 'unheard', said: '' };
  const flag = number.parse(said);
  return {
    said,
    state: flag === null ? stateOfWord(said) : ((shape === 'cover' ? coverFlags : flags)[flag] ?? 'unheard'),
  };
}

function stateOfWord(said: string): State {
  const word = said.trim().toUpperCase();
  const known = words.get(word);
  if (known !== undefined) return known;
  // `SUCCESS-Success` exists, too.
  if (/^SUCCESS\b/.test(word)) return 'complete';
  return /(?:^|_)FAIL(?:ED)?$/.test(word) ? 'failed' : 'unheard';
}
