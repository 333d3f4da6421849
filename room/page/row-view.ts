// One line of the list.
import type { TaskRow } from '../page-api.ts';
import { element, icon, words } from './element.ts';
import { type Place, writePlace } from './place.ts';
import { coverOf } from './player-bar.ts';
import { type Heard, takeTitle, titleOf } from './room.ts';
import { clock, spoken } from './wording.ts';

/** A song comes in two takes; of stems and the like there are more than a line has room for. */
const shownTakes = 2;

const isHeard = ({ track, isPlaying }: Heard, { taskId }: TaskRow, take: number) =>
  isPlaying && track?.taskId === taskId && track.take === take;

export function playButton(row: TaskRow, take: number, heard: Heard, tabindex: number | null): HTMLElement | null {
  const found = row.takes[take];
  if (!found?.audio) return null;
  const isOn = isHeard(heard, row, take);
  const length = found.durationSeconds === null ? '' : clock(found.durationSeconds);
  const which = row.takes.length > 1 ? `take ${take + 1} of ` : '';
  return element(
    'button',
    {
      type: 'button',
      class: ['play', isOn && 'on', length === '' && 'bare'].filter(Boolean).join(' '),
      'data-do': 'play',
      'data-task': row.taskId,
      'data-take': take,
      'aria-label': `${isOn ? 'Pause' : 'Play'} ${which}${takeTitle(row, found)}${length && `, ${length}`}`,
      tabindex,
    },
    icon(isOn ? 'pause' : 'play'),
    length,
  );
}

/** A film is seen in the task's own view. */
function watchLink(row: TaskRow, take: number, href: string, tabindex: number | null): HTMLElement | null {
  if (!row.takes[take]?.video) return null;
  return element('a', { class: 'play', href, tabindex, 'aria-label': `Watch ${titleOf(row)}` }, icon('play'), 'Watch');
}

/** Bytes where a large file is on its way, else whole files. */
export function progressOf({ status, files, stored, progress }: TaskRow): HTMLElement | null {
  if (status !== 'archiving' || files === 0) return null;
  const [value, max] = progress === null ? [stored, files] : [progress.bytes, progress.ofBytes];
  return element('progress', { value, max, 'aria-label': 'Arriving' });
}

export function statusWords({ status, files, stored }: TaskRow): HTMLElement {
  const count = status === 'archiving' && files > 0 ? `, ${stored} of ${files}` : '';
  return element('span', { class: `status ${status}` }, `${spoken(status)}${count}`);
}

export function labelWords(labels: TaskRow['labels']): HTMLElement | null {
  const all = Object.entries(labels).map(([name, value]) => words(`${name}: ${value}`, 'label'));
  return all.length === 0 ? null : element('span', { class: 'labels' }, ...all);
}

/** `isCurrent`: the keys are at this line, and only its controls are stops of the tab key. */
export function drawRow(row: TaskRow, place: Place, heard: Heard, isCurrent: boolean): readonly (Node | null)[] {
  const tabindex = isCurrent ? null : -1;
  const shown = row.takes.slice(0, shownTakes);
  const more = row.takes.length - shown.length;
  const covers = [...new Set(row.takes.map(({ cover }) => cover))].slice(0, 2);
  const href = writePlace({ view: 'task', taskId: row.taskId, filter: place.filter });
  const isOpen = place.view === 'task' && place.taskId === row.taskId;
  return [
    element('div', { class: 'covers' }, ...(covers.length === 0 ? [null] : covers).map((key) => coverOf(key, ''))),
    element(
      'div',
      { class: 'about' },
      element(
        'a',
        {
          class: row.title ? 'title' : 'title untitled',
          href,
          'aria-current': isOpen ? 'true' : null,
          tabindex,
        },
        words(titleOf(row)),
      ),
      element(
        'p',
        { class: 'tags' },
        row.kind === 'music' || !row.title ? null : element('span', { class: 'kind' }, spoken(row.kind)),
        row.tags ? words(row.tags) : null,
      ),
    ),
    element(
      'div',
      { class: 'takes' },
      ...shown.map((_, take) => playButton(row, take, heard, tabindex) ?? watchLink(row, take, href, tabindex)),
      more > 0 &&
        element(
          'a',
          { class: 'play more-takes', href, tabindex, 'aria-label': `${more} more of ${titleOf(row)}` },
          `+${more}`,
        ),
    ),
    element('div', { class: 'facts' }, statusWords(row), labelWords(row.labels)),
    progressOf(row),
  ];
}
