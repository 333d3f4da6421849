// The keyboard. Fields, buttons, sliders and dialogs keep their own keys.
import { byId } from './by-id.ts';
import { showKeys } from './dialogs.ts';
import { play, seekBy, skip, togglePlaying } from './player.ts';
import { closeTask } from './router.ts';
import { announce, findRow, goToLine, state } from './state.ts';
import { tracksOf } from './tracks.ts';

/** About a screen. */
const pageLines = 8;
const seekSeconds = 5;

type Step = number | 'first' | 'last';

const steps: Readonly<Record<string, Step>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: pageLines,
  PageUp: -pageLines,
  Home: 'first',
  End: 'last',
};

const actions: Readonly<Record<string, (event: KeyboardEvent) => void>> = {
  '/': goToSearch,
  '?': showKeys,
  ' ': playOrPause,
  ArrowLeft: ({ shiftKey }) => (shiftKey ? void skip(-1) : moveSideways(-1)),
  ArrowRight: ({ shiftKey }) => (shiftKey ? void skip(1) : moveSideways(1)),
};

export function startKeyboard(): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
    if (event.key === 'Escape') return leave();
    if (isField(event.target)) return;
    if (perform(event)) event.preventDefault();
  });
  // A line that is not drawn yet must not take the focus from what the user has focused since.
  document.addEventListener('focusin', () => {
    state.lineToFocus.value = null;
  });
}

const isField = (target: EventTarget | null) =>
  target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLMediaElement;

/** Returns whether the key had an effect; if so, the browser's own effect is prevented. */
function perform(event: KeyboardEvent): boolean {
  const { key, target } = event;
  const step = steps[key];
  if (step !== undefined) return move(step);
  const action = key === ' ' && target instanceof HTMLButtonElement ? undefined : actions[key];
  action?.(event);
  return action !== undefined;
}

const search = () => byId('search', HTMLInputElement);

function goToSearch(): void {
  search().focus();
  search().select();
}

/** Leaves the search, or closes the task. */
function leave(): void {
  if (document.activeElement === search()) {
    search().blur();
    goToLine(state.line.peek());
  } else if (state.route.peek().view === 'task') closeTask();
}

/** Acts on the focused task; otherwise on the one that is playing, or the one that is open. */
function playOrPause(): void {
  const playing = state.playing.peek();
  const focused = focusedRow()?.dataset.id;
  const taskId = focused ?? playing?.taskId ?? state.openTask.peek()?.taskId;
  const row = taskId === undefined ? undefined : findRow(taskId);
  const [first] = row === undefined ? [] : tracksOf(row, state.route.peek().filter);
  if (playing !== null && taskId === playing.taskId) togglePlaying();
  else if (first !== undefined) play(first);
  else if (row !== undefined) announce('This task has no audio yet.');
}

const isListFocused = () =>
  state.lineToFocus.peek() !== null || byId('library', HTMLElement).contains(document.activeElement);

const focusedRow = () => document.activeElement?.closest<HTMLElement>('.row');

/** Moves the focus up or down. Returns false if there is nowhere to go. */
function move(step: Step): boolean {
  if (byId('task', HTMLElement).contains(document.activeElement)) return false;
  if (state.route.peek().view === 'attention') return focusAmong(document.querySelectorAll('.case .title'), step);
  const last = (state.listing.peek()?.total ?? 0) - 1;
  if (last < 0) return false;
  const line = state.line.peek();
  const next = step === 'first' ? 0 : step === 'last' ? last : isListFocused() ? line + step : line;
  goToLine(Math.min(Math.max(next, 0), last));
  return true;
}

/** On a line, to its next or previous control; elsewhere, seeks. */
function moveSideways(step: 1 | -1): void {
  const row = focusedRow();
  if (row) focusAmong(row.querySelectorAll('a, button'), step);
  else seekBy(step * seekSeconds);
}

function focusAmong(elements: NodeListOf<HTMLElement>, step: Step): boolean {
  const all = [...elements];
  const at = document.activeElement instanceof HTMLElement ? all.indexOf(document.activeElement) : -1;
  const next = step === 'first' ? 0 : step === 'last' ? all.length - 1 : Math.max(0, at + step);
  all[Math.min(next, all.length - 1)]?.focus();
  return all.length > 0;
}
