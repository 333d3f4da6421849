// The listening room: what is known stands in one store, the URL says what is looked at, and both are drawn.
import { listTasks } from './api.ts';
import { drawAttention } from './attention-view.ts';
import { listenToChanges } from './changes.ts';
import { wireControls } from './controls.ts';
import { element, part } from './element.ts';
import { drawFilter, drawState, drawWays } from './header-view.ts';
import { createLibrary } from './library-view.ts';
import { createListLoader } from './load-list.ts';
import { redraw } from './morph.ts';
import { noFilter } from './place.ts';
import { createPlayer } from './player.ts';
import { drawPlaying, tellMediaSession, wirePlayerBar } from './player-bar.ts';
import { findRow, heardIn, type Room } from './room.ts';
import { say } from './say.ts';
import { createStore } from './store.ts';
import { drawTask } from './task-view.ts';
import { createTasks } from './tasks.ts';
import { createVisit } from './visit.ts';

const audio = element('audio', { id: 'audio', preload: 'auto' });
part('player', HTMLElement).append(audio);
const libraryPane = part('library', HTMLElement);
const attentionPane = part('attention', HTMLElement);
const taskPane = part('task', HTMLElement);
/** As in style.css. */
const wide = matchMedia('(min-width: 60rem)');
/** While transfers run, something changes all the time: two looks a second are enough for the eye. */
const pause = () => new Promise<void>((over) => setTimeout(over, 500));

const store = createStore<Room>(
  {
    place: { view: 'library', taskId: '', filter: noFilter },
    health: null,
    isConnected: true,
    isWide: wide.matches,
    listing: null,
    attention: null,
    open: null,
    retries: new Map(),
    playing: null,
    isPlaying: false,
    line: 0,
    window: { top: 0, height: 0 },
  },
  requestAnimationFrame,
);

const loader = createListLoader({
  listTasks,
  held: () => store.get().listing,
  hold: (listing) => store.set({ listing }),
  say,
  pause,
});
const tasks = createTasks(store, pause);
const player = createPlayer({
  audio,
  listTasks,
  playing: () => store.get().playing,
  rowOf: (taskId) => findRow(store.get(), taskId),
  onTrack(track) {
    store.set({ playing: track });
    tellMediaSession(track, player);
  },
  say,
});
const library = createLibrary({
  need: loader.need,
  onWindow: (window) => store.set({ window }),
  onLine: (line) => store.set({ line }),
});

/** The focus goes to a task that was just opened, once it is there. */
let isHeadingWanted = false;
const visit = createVisit({
  store,
  loader,
  tasks,
  onMoved(before, now) {
    isHeadingWanted = now.view === 'task' && now.taskId !== before.taskId;
    if (before.view === 'task' && now.view === 'library') library.goTo(store.get().line);
  },
});

store.draw(['place', 'listing'], ({ place, listing }) => drawFilter(place, listing?.kinds ?? []));
store.draw(['place', 'attention'], ({ place, attention }) => drawWays(place, attention));
store.draw(['health', 'isConnected', 'listing'], drawState);
store.draw(['playing', 'isPlaying'], ({ playing, isPlaying }) => drawPlaying(playing, isPlaying));
store.draw(['listing', 'window', 'place', 'playing', 'isPlaying', 'line'], library.draw);
store.draw(['attention', 'retries'], ({ attention, retries }) =>
  redraw(attentionPane, drawAttention(attention, retries)),
);
store.draw(['place', 'isWide', 'open', 'playing', 'isPlaying', 'retries'], (room) => {
  const { place, open, retries } = room;
  attentionPane.hidden = place.view !== 'attention';
  libraryPane.hidden = place.view === 'attention';
  // Where the task covers the list, the tab key does not go behind it.
  libraryPane.inert = open !== null && !room.isWide;
  taskPane.hidden = open === null;
  document.body.dataset.view = place.view;
  if (open === null) return;
  if (taskPane.dataset.of !== open.taskId) taskPane.scrollTop = 0;
  taskPane.dataset.of = open.taskId;
  redraw(taskPane, drawTask(open, heardIn(room), retries.get(open.taskId)));
  if (!isHeadingWanted || (open.detail === null && open.problem === null)) return;
  isHeadingWanted = false;
  part('task-heading', HTMLElement).focus();
});

wirePlayerBar(audio);
for (const change of ['play', 'pause', 'ended', 'emptied']) {
  audio.addEventListener(change, () => store.set({ isPlaying: !audio.paused }));
}
wireControls({ store, audio, player, library, visit, tasks });
listenToChanges({
  onConnection(isConnected) {
    store.set({ isConnected });
    // Also where nothing has changed: the hours that are left have.
    if (isConnected) tasks.refreshAttention();
  },
  onState(health) {
    const isNew = health.revision !== store.get().health?.revision;
    store.set({ health });
    if (!isNew) return;
    loader.refresh();
    tasks.refreshAttention();
    if (store.get().open !== null) tasks.refreshOpen();
  },
});
wide.addEventListener('change', ({ matches }) => store.set({ isWide: matches }));
addEventListener('hashchange', visit.arrive);
visit.arrive();
