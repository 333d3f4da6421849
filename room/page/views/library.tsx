// The library: a list of any length, of which only the lines near the visible part are in the page.
import { useLayoutEffect, useRef } from 'preact/hooks';
import { byId } from '../by-id.ts';
import { type Layout, layOut, linesByDay, type Slice, slicesWithin, topOfLine } from '../layout.ts';
import { type Listing, lineOf, rowAt } from '../listing.ts';
import { loadLines } from '../loader.ts';
import { isFiltered, noFilter } from '../route.ts';
import { filterBy } from '../router.ts';
import { state } from '../state.ts';
import { dayText } from '../wording.ts';
import { List } from './parts.tsx';
import { Line } from './row.tsx';

/** Lines drawn above and below the visible part, so that scrolling shows no gaps. */
const linesAround = 8;

export function Library() {
  const pane = useRef<HTMLElement>(null);
  const listing = state.listing.value;
  const layout = layOut(listing?.days ?? [], state.sizes.value);
  const { top, height } = state.viewport.value;
  const around = linesAround * layout.sizes.row;
  const near = slicesWithin(layout, top - around, top + height + around);
  // Removing the focused line from the page would lose the focus.
  const focusedLine = pane.current?.contains(document.activeElement) ? state.line.value : -1;
  useMeasuring(pane);
  useSteadyScroll(pane, listing, layout);
  useLayoutEffect(() => loadLines(near[0]?.from ?? 0, near.at(-1)?.to ?? 0));
  useRequestedFocus(pane, listing, layout);
  return (
    <section
      id="library"
      ref={pane}
      aria-label="Library"
      tabindex={-1}
      hidden={state.route.value.view === 'attention'}
      // On a narrow screen the task covers the list: the tab key must not reach behind it.
      inert={state.openTask.value !== null && !state.isWide.value}
      onFocusIn={({ target }) => {
        const line = target instanceof HTMLElement ? target.closest<HTMLElement>('.row')?.dataset.line : undefined;
        if (line !== undefined) state.line.value = Number(line);
      }}
    >
      {listing?.total === 0 && <EmptyList listing={listing} />}
      {listing !== null && listing.total > 0 && (
        <div class="list" style={{ height: `${layout.height}px` }}>
          {linesByDay(layout, near, focusedLine).map(({ box, lines }) => (
            <section key={box.day} style={{ top: `${box.top}px`, height: `${box.height}px` }}>
              <h2>{dayText(box.day, new Date())}</h2>
              <List>{lines.map((line) => drawLine(listing, layout, box, line))}</List>
            </section>
          ))}
        </div>
      )}
    </section>
  );
}

function drawLine(listing: Listing, { sizes }: Layout, box: Slice['box'], line: number) {
  const row = rowAt(listing, line);
  const index = line - box.first;
  return (
    <Line
      key={row?.taskId ?? `line ${line}`}
      line={line}
      row={row}
      top={index * sizes.row}
      setSize={box.count}
      position={index + 1}
    />
  );
}

type PaneRef = { readonly current: HTMLElement | null };

/** style.css has the sizes, in rem: they depend on the user's font size and on the width. */
function measureSizes(pane: HTMLElement) {
  const style = getComputedStyle(pane);
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  const pixels = (name: string) => Number.parseFloat(style.getPropertyValue(name)) * rem;
  return { row: pixels('--row-rem'), heading: pixels('--day-rem') };
}

/** Follows scrolling and resizing. */
function useMeasuring(ref: PaneRef): void {
  useLayoutEffect(() => {
    const pane = ref.current;
    if (pane === null) return;
    const measure = () => {
      state.viewport.value = { top: pane.scrollTop, height: pane.clientHeight };
      const [sizes, known] = [measureSizes(pane), state.sizes.peek()];
      if (sizes.row !== known.row || sizes.heading !== known.heading) state.sizes.value = sizes;
    };
    pane.addEventListener('scroll', measure, { passive: true });
    const observer = new ResizeObserver(measure);
    observer.observe(pane);
    return () => observer.disconnect();
  }, [ref]);
}

/** Scrolls to the line that shall get the focus, and focuses it once it is drawn. */
function useRequestedFocus(ref: PaneRef, listing: Listing | null, layout: Layout): void {
  const line = state.lineToFocus.value;
  const { filter } = state.route.value;
  useLayoutEffect(() => {
    const pane = ref.current;
    // Lines of another filter are about to be replaced.
    if (line === null || pane === null || pane.inert || listing?.filter !== filter) return;
    const top = topOfLine(layout, line);
    if (top === undefined) {
      state.lineToFocus.value = null;
      return;
    }
    const { heading, row } = layout.sizes;
    const [least, most] = [top + row - pane.clientHeight, top - heading];
    pane.scrollTop = Math.min(Math.max(pane.scrollTop, least), most);
    const title = pane.querySelector<HTMLElement>(`[data-line="${line}"] .title`);
    if (title === null) return;
    state.lineToFocus.value = null;
    title.focus({ preventScroll: true });
  });
}

type Drawn = { listing: Listing; layout: Layout };

/** Keeps the visible lines in place when others are added above them; a new filter starts at the top. */
function useSteadyScroll(ref: PaneRef, listing: Listing | null, layout: Layout): void {
  const drawn = useRef<Drawn | null>(null);
  const scrollTop = ref.current?.scrollTop ?? 0;
  useLayoutEffect(() => {
    const before = drawn.current;
    drawn.current = listing && { listing, layout };
    if (before === null || listing === null || before.listing === listing || ref.current === null) return;
    if (before.listing.filter !== listing.filter) ref.current.scrollTop = 0;
    else ref.current.scrollTop = scrollTop + shiftOfFirstLine(before, { listing, layout }, scrollTop);
  });
}

/** How far the first visible line has moved, in pixels; 0 at the top of the list, where new lines should be seen. */
function shiftOfFirstLine(before: Drawn, now: Drawn, scrollTop: number): number {
  if (scrollTop < before.layout.sizes.heading) return 0;
  const [first] = slicesWithin(before.layout, scrollTop, scrollTop + 1);
  const taskId = first && rowAt(before.listing, first.from)?.taskId;
  const line = taskId === undefined ? undefined : lineOf(now.listing, taskId);
  if (first === undefined || line === undefined) return 0;
  return (topOfLine(now.layout, line) ?? 0) - (topOfLine(before.layout, first.from) ?? 0);
}

function EmptyList({ listing: { filter, isComplete } }: { listing: Listing }) {
  if (!isComplete) {
    return (
      <div class="nothing so-far">
        <h2>Looking into the bucket …</h2>
      </div>
    );
  }
  if (isFiltered(filter)) {
    return (
      <div class="nothing">
        <h2>Nothing matches</h2>
        <p>The search looks in titles, tags, lyrics, task ids and labels; a task must contain every word.</p>
        <button type="button" onClick={showEverything}>
          Show everything
        </button>
      </div>
    );
  }
  return (
    <div class="nothing">
      <h2>No music yet</h2>
      <p>Songs appear here when their callback arrives. Your callback URL:</p>
      <pre>{'npm run --silent url    # of the stack on AWS\nnpm start               # on this machine'}</pre>
      <p>Or try it with a simulated provider:</p>
      <pre>npm run demo -- --browse</pre>
    </div>
  );
}

function showEverything(): void {
  byId('search', HTMLInputElement).value = '';
  filterBy(noFilter);
}
