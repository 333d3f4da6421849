// The header: links to the two lists, search and filters, how far the server has read, and what is wrong.
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { TaskState } from '../../page-api.ts';
import { showKeys } from '../dialogs.ts';
import type { Listing } from '../listing.ts';
import { formatRoute, isFiltered } from '../route.ts';
import { filterBy } from '../router.ts';
import { goToLine, state } from '../state.ts';
import { capitalised, counted, grouped } from '../wording.ts';

const noConnection =
  'The listening room does not answer. If its command has ended, start it again, and open the address that it prints.';

export const Header = () => (
  <header>
    <h1>
      <a id="home" href="#/">
        Trackkeeper
      </a>
    </h1>
    <Nav />
    <search>
      <Filters />
    </search>
    <button id="show-keys" type="button" aria-label="Keys" title="Keys (?)" onClick={showKeys}>
      ?
    </button>
    <ReadingState />
    <p id="trouble" role="alert">
      {state.isConnected.value ? (state.server.value?.trouble ?? '') : noConnection}
    </p>
  </header>
);

function Nav() {
  const { view, filter } = state.route.value;
  const attention = state.attention.value;
  const total = (attention?.total ?? 0) + (attention?.unreadable.length ?? 0);
  const href = (to: 'library' | 'attention') => formatRoute({ view: to, taskId: '', filter });
  const isAttention = view === 'attention';
  return (
    <nav aria-label="Lists">
      <a id="to-library" href={href('library')} aria-current={isAttention ? undefined : 'page'}>
        Library
      </a>
      <a
        id="to-attention"
        href={href('attention')}
        class={total > 0 ? 'urgent' : ''}
        aria-current={isAttention ? 'page' : undefined}
      >
        {total === 0 ? 'Needs attention' : `Needs attention (${grouped(total)})`}
      </a>
    </nav>
  );
}

/** The search starts after this pause in typing. */
const typingMs = 150;

function Filters() {
  const { filter } = state.route.value;
  const search = useRef<HTMLInputElement>(null);
  const typing = useRef(0);
  const known = state.listing.value?.kinds ?? [];
  const kinds = [...new Set([...known, ...(filter.kind === '' ? [] : [filter.kind])])];

  // While the user types, the field is ahead of the URL.
  useLayoutEffect(() => {
    const { current } = search;
    if (current !== null && document.activeElement !== current) current.value = filter.q;
  });

  function apply(change: { status?: string; kind?: string }): void {
    clearTimeout(typing.current);
    filterBy({ q: search.current?.value.trim() ?? '', ...change });
  }
  function onType(): void {
    clearTimeout(typing.current);
    typing.current = window.setTimeout(() => apply({}), typingMs);
  }
  function onSubmit(event: Event): void {
    event.preventDefault();
    apply({});
    goToLine(0);
  }

  return (
    <form id="filters" onSubmit={onSubmit}>
      <input
        id="search"
        ref={search}
        type="search"
        aria-label="Search titles, tags, lyrics, task ids and labels"
        placeholder="Search titles, tags, lyrics, labels"
        autocomplete="off"
        spellcheck={false}
        maxLength={200}
        onInput={onType}
      />
      <select
        id="status"
        aria-label="Status"
        value={filter.status}
        onChange={({ currentTarget }) => apply({ status: currentTarget.value })}
      >
        <option value="">Any status</option>
        {['waiting', 'archiving', 'archived', 'failed'].map((status) => (
          <option key={status} value={status}>
            {capitalised(status)}
          </option>
        ))}
      </select>
      <select
        id="kind"
        aria-label="Kind"
        value={filter.kind}
        onChange={({ currentTarget }) => apply({ kind: currentTarget.value })}
      >
        <option value="">Any kind</option>
        {kinds.map((kind) => (
          <option key={kind} value={kind}>
            {capitalised(kind)}
          </option>
        ))}
      </select>
    </form>
  );
}

function ReadingState() {
  const server = state.server.value;
  const listing = state.listing.value;
  const isComplete = server?.read === server?.of;
  // A narrow screen hides the calm state. A running count is not read out; the result of a search is.
  const isCalm = isComplete && !(listing !== null && isFiltered(listing.filter));
  return (
    <p id="state" class={isCalm ? 'calm' : ''} aria-live={isComplete ? 'polite' : 'off'}>
      {stateText(server, listing)}
    </p>
  );
}

function stateText(server: TaskState | null, listing: Listing | null): string {
  if (server === null || server.revision === 0) return '';
  const { read, of } = server;
  if (read < of) return `Read ${grouped(read)} of ${counted(of, 'task')} …`;
  if (listing !== null && isFiltered(listing.filter)) return `${grouped(listing.total)} of ${counted(of, 'task')}`;
  return counted(of, 'task');
}
