// One of a task's takes: its cover, and what can be done with it.
import type { TaskDetail } from '../page-api.ts';
import { mediaPath } from './api.ts';
import { copyButton } from './copy-button.ts';
import { element, words } from './element.ts';
import { coverOf } from './player-bar.ts';
import { type Heard, takeTitle } from './room.ts';
import { playButton } from './row-view.ts';

export const downloadLink = (key: string, title: string) =>
  element(
    'a',
    { class: 'download', href: `${mediaPath(key)}?download`, download: true, 'aria-label': `Download ${title}` },
    'Download',
  );

export function drawTake(task: TaskDetail, take: number, heard: Heard): HTMLElement | null {
  const found = task.takes[take];
  if (found === undefined) return null;
  const title = takeTitle(task, found);
  const which = task.takes.length > 1 ? `take ${take + 1}, ${title}` : title;
  const facts = [task.takes.length > 1 ? `Take ${take + 1}` : '', found.model ?? ''].filter((text) => text !== '');
  return element(
    'section',
    { class: 'take', 'data-id': `take ${take}`, 'aria-label': which },
    coverOf(found.cover, 'large'),
    element('h3', {}, words(title)),
    facts.length > 0 && element('p', { class: 'tags' }, words(facts.join(' · '))),
    element(
      'div',
      { class: 'doing' },
      playButton(task, take, heard, null),
      found.audio && downloadLink(found.audio, which),
      found.audio && copyButton(`${task.bucket}/${found.audio}`, `the path of ${which}`, 'Copy path'),
    ),
    !found.audio && !found.video && element('p', { class: 'tags' }, 'No audio yet.'),
  );
}
