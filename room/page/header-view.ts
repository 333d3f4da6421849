// The header: the search, what there is to filter by, how far the reading has come, and what is wrong.
import type { NeedsAttention, TaskState } from '../page-api.ts';
import { element, part } from './element.ts';
import type { Listing } from './listing.ts';
import { morphChildren } from './morph.ts';
import { isFiltered, type Place, writePlace } from './place.ts';
import type { Room } from './room.ts';
import { counted, grouped, spoken } from './wording.ts';

const search = part('search', HTMLInputElement);
const status = part('status', HTMLSelectElement);
const kind = part('kind', HTMLSelectElement);

export function drawFilter({ filter }: Place, kinds: readonly string[]): void {
  const options = [...new Set([...kinds, ...(filter.kind === '' ? [] : [filter.kind])])];
  morphChildren(kind, [
    element('option', { value: '' }, 'Any kind'),
    ...options.map((value) => element('option', { value }, spoken(value))),
  ]);
  kind.value = filter.kind;
  status.value = filter.status;
  // Whoever is typing is ahead of the place.
  if (document.activeElement !== search) search.value = filter.q;
}

export function drawWays({ view, filter }: Place, attention: NeedsAttention | null): void {
  const library = part('to-library', HTMLAnchorElement);
  const needing = part('to-attention', HTMLAnchorElement);
  const total = (attention?.total ?? 0) + (attention?.unreadable.length ?? 0);
  library.href = writePlace({ view: 'library', taskId: '', filter });
  needing.href = writePlace({ view: 'attention', taskId: '', filter });
  needing.textContent = total === 0 ? 'Needs attention' : `Needs attention (${grouped(total)})`;
  needing.classList.toggle('urgent', total > 0);
  const current = view === 'attention' ? needing : library;
  for (const way of [library, needing]) way.toggleAttribute('aria-current', way === current);
  current.setAttribute('aria-current', 'page');
}

const away =
  'The listening room does not answer. If its command has ended, start it again, and open the address that it prints.';

export function drawState({ health, isConnected, listing }: Room): void {
  part('trouble', HTMLElement).textContent = isConnected ? (health?.trouble ?? '') : away;
  const state = part('state', HTMLElement);
  state.textContent = stateWords(health, listing);
  const isWhole = health?.read === health?.of;
  // On a narrow screen only what is news is shown. A count that runs is not read out, what was found is.
  state.classList.toggle('calm', isWhole && !(listing !== null && isFiltered(listing.filter)));
  state.setAttribute('aria-live', isWhole ? 'polite' : 'off');
}

function stateWords(health: TaskState | null, listing: Listing | null): string {
  if (health === null || health.revision === 0) return '';
  const { read, of } = health;
  if (read < of) return `Read ${grouped(read)} of ${counted(of, 'task')} …`;
  if (listing !== null && isFiltered(listing.filter)) return `${grouped(listing.total)} of ${counted(of, 'task')}`;
  return counted(of, 'task');
}
