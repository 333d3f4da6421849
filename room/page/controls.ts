// What a click, a key or a word in the search does.
import { copyText } from './copy-text.ts';
import { part } from './element.ts';
import { wireKeys } from './keys.ts';
import type { Library } from './library-view.ts';
import { type Filter, noFilter } from './place.ts';
import type { Player } from './player.ts';
import { tracksOf } from './queue.ts';
import { findRow, type Room, trackOf } from './room.ts';
import { say } from './say.ts';
import type { Store } from './store.ts';
import type { Tasks } from './tasks.ts';
import type { Visit } from './visit.ts';

type Deps = {
  store: Store<Room>;
  audio: HTMLAudioElement;
  player: Player;
  library: Library;
  visit: Visit;
  tasks: Tasks;
};

/** A pause in typing, after which it is looked for. */
const typingMs = 150;
const seekSeconds = 5;

export function wireControls({ store, audio, player, library, visit, tasks }: Deps): void {
  const search = part('search', HTMLInputElement);
  const openKeys = () => part('keys', HTMLDialogElement).showModal();

  function playTake(taskId: string, take: number): void {
    const { playing, place } = store.get();
    const row = findRow(store.get(), taskId);
    const track = row && trackOf(row, take, place.filter);
    if (playing?.taskId === taskId && playing.take === take) player.toggle();
    else if (track !== undefined) player.play(track);
  }

  /** The task that the focus is on; else what is being played, or the task that is open. */
  function playOrPause(): void {
    const { playing, open, place } = store.get();
    const focused = document.activeElement?.closest<HTMLElement>('.row')?.dataset.id;
    const taskId = focused ?? playing?.taskId ?? open?.taskId;
    const row = taskId === undefined ? undefined : findRow(store.get(), taskId);
    const [first] = row === undefined ? [] : tracksOf(row, place.filter);
    if (playing !== null && taskId === playing.taskId) player.toggle();
    else if (first !== undefined) player.play(first);
    else if (row !== undefined) say('Nothing of it can be heard yet.');
  }

  async function copy(text: string, what: string): Promise<void> {
    if ((await copyText(text)) === 'copied') say(`Copied ${what}.`);
    else say(`The browser does not let the page copy: ${what} is selected.`);
  }

  function closeTask(): void {
    visit.go({ ...store.get().place, view: 'library', taskId: '' });
  }

  const clicks: Record<string, (data: DOMStringMap) => void> = {
    play: ({ task = '', take }) => playTake(task, Number(take)),
    toggle: () => player.toggle(),
    next: () => void player.go(1),
    previous: () => void player.go(-1),
    retry: ({ task = '' }) => void tasks.retry(task),
    copy: ({ text = '', what = '' }) => void copy(text, what),
    'close-task': closeTask,
    'clear-filter': () => {
      search.value = '';
      visit.filterBy(noFilter);
    },
    'show-keys': openKeys,
  };
  document.addEventListener('click', ({ target }) => {
    const clicked = target instanceof Element ? target.closest<HTMLElement>('[data-do]') : null;
    if (clicked !== null) clicks[clicked.dataset.do ?? '']?.(clicked.dataset);
  });

  let typing = 0;
  const filterBy = (change: Partial<Filter>) => {
    clearTimeout(typing);
    visit.filterBy({ q: search.value.trim(), ...change });
  };
  search.addEventListener('input', () => {
    clearTimeout(typing);
    typing = window.setTimeout(() => filterBy({}), typingMs);
  });
  for (const name of ['status', 'kind'] as const) {
    const choice = part(name, HTMLSelectElement);
    choice.addEventListener('change', () => filterBy({ [name]: choice.value }));
  }
  part('filters', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    filterBy({});
    library.goTo(0);
  });

  function focusBeside(all: readonly HTMLElement[], step: number | 'first' | 'last'): boolean {
    const { activeElement } = document;
    const at = activeElement instanceof HTMLElement ? all.indexOf(activeElement) : -1;
    const next = step === 'first' ? 0 : step === 'last' ? all.length - 1 : Math.max(0, at + step);
    all[Math.min(next, all.length - 1)]?.focus();
    return all.length > 0;
  }

  function move(step: number | 'first' | 'last'): boolean {
    const { place, line, listing } = store.get();
    if (part('task', HTMLElement).contains(document.activeElement)) return false;
    if (place.view === 'attention')
      return focusBeside([...document.querySelectorAll<HTMLElement>('.case .title')], step);
    const last = (listing?.total ?? 0) - 1;
    if (last < 0) return false;
    const next = step === 'first' ? 0 : step === 'last' ? last : library.hasFocus() ? line + step : line;
    library.goTo(Math.min(Math.max(next, 0), last));
    return true;
  }

  wireKeys({
    search() {
      search.focus();
      search.select();
    },
    showKeys: openKeys,
    escape() {
      if (document.activeElement === search) library.goTo(store.get().line);
      else if (store.get().place.view === 'task') closeTask();
    },
    playOrPause,
    move,
    sideways(step) {
      const row = document.activeElement?.closest('.row');
      if (row) focusBeside([...row.querySelectorAll<HTMLElement>('a, button')], step);
      else player.seekBy(step * seekSeconds);
    },
    track: (step) => void player.go(step),
  });

  // A film and a song are not heard at once.
  document.addEventListener(
    'play',
    ({ target }) => {
      if (target !== audio) return player.pause();
      for (const film of document.querySelectorAll('video')) film.pause();
    },
    true,
  );
}
