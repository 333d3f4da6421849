// What the keys do. Fields keep theirs, and so do buttons, sliders and dialogs.

export type KeyActions = {
  search(): void;
  showKeys(): void;
  escape(): void;
  /** Of what the focus is on, or of what is being played. */
  playOrPause(): void;
  /** Whether there was somewhere to go. */
  move(lines: number | 'first' | 'last'): boolean;
  sideways(step: 1 | -1): void;
  track(step: 1 | -1): void;
};

/** A screen's worth of lines, about. */
const pageLines = 8;

const moves: Readonly<Record<string, number | 'first' | 'last'>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: pageLines,
  PageUp: -pageLines,
  Home: 'first',
  End: 'last',
};

const isField = (target: EventTarget | null) =>
  target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLMediaElement;

const isButton = (target: EventTarget | null) => target instanceof HTMLButtonElement;

export function wireKeys(actions: KeyActions): void {
  const plain: Record<string, (event: KeyboardEvent) => void> = {
    '/': actions.search,
    '?': actions.showKeys,
    ' ': actions.playOrPause,
    ArrowLeft: ({ shiftKey }) => (shiftKey ? actions.track(-1) : actions.sideways(-1)),
    ArrowRight: ({ shiftKey }) => (shiftKey ? actions.track(1) : actions.sideways(1)),
  };

  /** Whether the key had an effect, and the browser's own is not wanted. */
  function perform(event: KeyboardEvent): boolean {
    const { key, target } = event;
    const move = moves[key];
    if (move !== undefined) return actions.move(move);
    const action = key === ' ' && isButton(target) ? undefined : plain[key];
    action?.(event);
    return action !== undefined;
  }

  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
    if (event.key === 'Escape') return actions.escape();
    if (isField(event.target)) return;
    if (perform(event)) event.preventDefault();
  });
}
