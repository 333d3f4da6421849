// What is known, in one place. Whoever learns something sets it here; whoever draws looks here.

export type Store<T> = {
  get(): Readonly<T>;
  set(change: Partial<T>): void;
  /** Draws at the next frame after one of these has become another one. */
  draw(parts: readonly (keyof T)[], draw: (state: Readonly<T>) => void): void;
};

export function createStore<T extends object>(initial: T, atNextFrame: (work: () => void) => void): Store<T> {
  let state = initial;
  let isAwaited = false;
  const views: (() => void)[] = [];

  function drawAll(): void {
    isAwaited = false;
    for (const view of views) view();
  }

  function awaitFrame(): void {
    if (isAwaited) return;
    isAwaited = true;
    atNextFrame(drawAll);
  }

  return {
    get: () => state,
    set(change) {
      state = { ...state, ...change };
      awaitFrame();
    },
    draw(parts, draw) {
      let drawn: Readonly<T> | null = null;
      views.push(() => {
        const before = drawn;
        if (before !== null && parts.every((part) => state[part] === before[part])) return;
        drawn = state;
        draw(state);
      });
      awaitFrame();
    },
  };
}
