// The list: only what is near to the screen is in the page, and each line stands where the days say.
import { element, part } from './element.ts';
import { type Layout, layOut, type Slice, slicesWithin, topOfLine } from './layout.ts';
import { type Listing, lineOf, rowAt } from './listing.ts';
import { morphChildren } from './morph.ts';
import { nothingHere } from './nothing-here.ts';
import type { Place } from './place.ts';
import { type Heard, heardIn, type Room } from './room.ts';
import { drawRow } from './row-view.ts';
import { dayWords } from './wording.ts';

/** Lines above and below the screen, so that a scroll finds them there. */
const linesAround = 8;

const scroller = part('library', HTMLElement);

/** style.css has the sizes, in rem: they follow the reader's font size and the width. */
function sizes() {
  const style = getComputedStyle(scroller);
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  const pixels = (name: string) => Number.parseFloat(style.getPropertyValue(name)) * rem;
  return { row: pixels('--row-rem'), heading: pixels('--day-rem') };
}

type View = { listing: Listing; place: Place; heard: Heard; line: number };

export type Library = {
  draw(room: Room): void;
  /** Brings the line onto the screen, and the focus to it. */
  goTo(line: number): void;
  hasFocus(): boolean;
};

type Deps = {
  need(from: number, to: number): void;
  onWindow(window: { top: number; height: number }): void;
  onLine(line: number): void;
};

export function createLibrary({ need, onWindow, onLine }: Deps): Library {
  let layout: Layout = layOut([], sizes());
  let drawn: Listing | null = null;
  /** The line that the focus is to go to, once it is there. */
  let wantedLine: number | null = null;

  const look = () => onWindow({ top: scroller.scrollTop, height: scroller.clientHeight });
  scroller.addEventListener('scroll', look, { passive: true });
  new ResizeObserver(look).observe(scroller);
  scroller.addEventListener('focusin', ({ target }) => {
    const line = target instanceof HTMLElement ? target.closest<HTMLElement>('.row')?.dataset.line : undefined;
    if (line !== undefined) onLine(Number(line));
  });

  /** What is looked at stays where it is when others come in above it; the line of the keys stays with its task. */
  function holdStill(listing: Listing, line: number): void {
    if (drawn === null || drawn === listing) return;
    if (drawn.filter !== listing.filter) {
      scroller.scrollTop = 0;
      onLine(0);
      return;
    }
    const task = rowAt(drawn, line)?.taskId;
    const moved = task === undefined ? undefined : lineOf(listing, task);
    if (moved !== undefined && moved !== line) onLine(moved);
    const [top] = slicesWithin(layout, scroller.scrollTop, scroller.scrollTop + scroller.clientHeight);
    const seen = top && rowAt(drawn, top.from)?.taskId;
    const now = seen === undefined ? undefined : lineOf(listing, seen);
    if (top === undefined || now === undefined || scroller.scrollTop < layout.sizes.heading) return;
    const shift = (topOfLine(layOut(listing.days, layout.sizes), now) ?? 0) - (topOfLine(layout, top.from) ?? 0);
    if (shift !== 0) scroller.scrollTop += shift;
  }

  function drawLine(view: View, slice: Slice, line: number): HTMLElement {
    const { listing, place, heard } = view;
    const row = rowAt(listing, line);
    const isCurrent = line === view.line;
    const drawnRow = element(
      'li',
      {
        class: row === undefined ? 'row absent' : 'row',
        'data-id': row?.taskId ?? `line ${line}`,
        'data-line': line,
        'aria-setsize': slice.box.count,
        'aria-posinset': line - slice.box.first + 1,
        'aria-busy': row === undefined ? 'true' : null,
      },
      ...(row === undefined ? [] : drawRow(row, place, heard, isCurrent).filter((part) => part !== null)),
    );
    drawnRow.style.top = `${(line - slice.box.first) * layout.sizes.row}px`;
    return drawnRow;
  }

  function drawDay(view: View, slice: Slice): HTMLElement {
    const { box, from, to } = slice;
    const lines = Array.from({ length: to - from }, (_, index) => from + index);
    const isElsewhere = view.line < from || view.line >= to;
    // The line that has the focus stays, however far one scrolls: else the focus would be lost.
    const keptLine = view.line >= box.first && view.line < box.first + box.count && isElsewhere && hasFocus();
    const heading = element('h2', {}, dayWords(box.day, new Date()));
    const all = [...lines, ...(keptLine ? [view.line] : [])].sort((one, other) => one - other);
    const list = element('ul', { role: 'list' }, ...all.map((line) => drawLine(view, slice, line)));
    const day = element('section', { 'data-id': box.day }, heading, list);
    day.style.top = `${box.top}px`;
    day.style.height = `${box.height}px`;
    return day;
  }

  function slices(view: View, window: { top: number; height: number }): Slice[] {
    const around = linesAround * layout.sizes.row;
    const near = slicesWithin(layout, window.top - around, window.top + window.height + around);
    const lineTop = hasFocus() ? topOfLine(layout, view.line) : undefined;
    const kept = lineTop === undefined ? [] : slicesWithin(layout, lineTop, lineTop + 1);
    return [...near, ...kept.filter(({ box }) => near.every((slice) => slice.box !== box))];
  }

  function focusWanted(): void {
    if (wantedLine === null) return;
    const found = scroller.querySelector<HTMLElement>(`[data-line="${wantedLine}"] .title`);
    if (found === null) return;
    wantedLine = null;
    found.focus({ preventScroll: true });
  }

  const hasFocus = () => scroller.contains(document.activeElement);

  return {
    hasFocus,
    draw(room) {
      const { listing, place, line } = room;
      if (listing === null) return;
      holdStill(listing, line);
      layout = layOut(listing.days, sizes());
      drawn = listing;
      const view = { listing, place, heard: heardIn(room), line };
      const near = slices(view, room.window);
      need(near[0]?.from ?? 0, near.at(-1)?.to ?? 0);
      const list = element('div', { class: 'list' }, ...near.map((slice) => drawDay(view, slice)));
      list.style.height = `${layout.height}px`;
      morphChildren(scroller, listing.total === 0 ? [nothingHere(listing)] : [list]);
      focusWanted();
    },
    goTo(line) {
      const top = topOfLine(layout, line);
      if (top === undefined) return;
      const { heading, row } = layout.sizes;
      const [least, most] = [top + row - scroller.clientHeight, top - heading];
      scroller.scrollTop = Math.min(Math.max(scroller.scrollTop, least), most);
      wantedLine = line;
      onLine(line);
      focusWanted();
    },
  };
}
