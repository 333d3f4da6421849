// Follows the URL: it is changed by links, by the back button, and by the search; what it says is then fetched.
import type { ListLoader } from './load-list.ts';
import { type Filter, filterQuery, type Place, readPlace, writePlace } from './place.ts';
import type { Room } from './room.ts';
import type { Store } from './store.ts';
import type { Tasks } from './tasks.ts';

export type Visit = {
  /** Takes in what the URL says now. */
  arrive(): void;
  go(place: Place): void;
  /** Typing leaves no trail of places to go back through. */
  filterBy(change: Partial<Filter>): void;
};

type Deps = {
  store: Store<Room>;
  loader: ListLoader;
  tasks: Tasks;
  onMoved(before: Place, now: Place): void;
};

export function createVisit({ store, loader, tasks, onMoved }: Deps): Visit {
  let isFirst = true;

  function arrive(): void {
    const before = store.get().place;
    const read = readPlace(location.hash);
    // The same filter stays the same object: so all that belongs to it is known to.
    const filter = filterQuery(read.filter) === filterQuery(before.filter) ? before.filter : read.filter;
    const place = { ...read, filter };
    store.set({ place });
    if (isFirst || filter !== before.filter) loader.show(filter);
    if (place.view !== 'task') store.set({ open: null });
    else if (place.taskId !== store.get().open?.taskId) tasks.open(place.taskId);
    if (!isFirst) onMoved(before, place);
    isFirst = false;
  }

  return {
    arrive,
    go(place) {
      location.hash = writePlace(place);
    },
    filterBy(change) {
      const { place, isWide } = store.get();
      const stays = place.view === 'task' && isWide;
      const filter = { ...place.filter, ...change };
      const next: Place = stays ? { ...place, filter } : { view: 'library', taskId: '', filter };
      history.replaceState(null, '', writePlace(next));
      arrive();
    },
  };
}
