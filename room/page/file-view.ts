// Every file of a task: where it is, or why it is not there.
import type { FileDetail, TaskDetail } from '../page-api.ts';
import { mediaPath } from './api.ts';
import { copyButton } from './copy-button.ts';
import { element, words } from './element.ts';
import { titleOf } from './room.ts';
import { downloadLink } from './take-view.ts';
import { bytesWords, spoken } from './wording.ts';

const fileName = ({ name, kind, key }: FileDetail) => key?.split('/').at(-1) ?? (name || spoken(kind));

function drawFile(task: TaskDetail, file: FileDetail): HTMLElement {
  const { key, kind, state, bytes, suspect, reason, progress } = file;
  const name = fileName(file);
  const facts = [spoken(kind), bytes === null ? '' : bytesWords(bytes), state === 'stored' ? '' : state];
  const isThere = state === 'stored' && key !== null;
  return element(
    'li',
    { class: `file ${state}` },
    element(
      'div',
      { class: 'name' },
      words(name),
      element('small', {}, facts.filter((fact) => fact !== '').join(' · ')),
    ),
    isThere &&
      element(
        'div',
        { class: 'doing' },
        downloadLink(key, name),
        copyButton(`${task.bucket}/${key}`, `the path of ${name}`, 'Copy path'),
      ),
    progress &&
      element('progress', { value: progress.bytes, max: progress.ofBytes, 'aria-label': `${name}: arriving` }),
    reason && element('p', { class: 'reason' }, words(reason)),
    suspect && element('p', { class: 'reason' }, words(suspect)),
  );
}

export function drawFiles(task: TaskDetail): HTMLElement {
  return element(
    'section',
    { class: 'files', 'data-id': 'files' },
    element('h3', {}, 'Files'),
    task.assets.length === 0
      ? element('p', { class: 'tags' }, 'None is known of yet.')
      : element('ul', { role: 'list' }, ...task.assets.map((file) => drawFile(task, file))),
  );
}

/** Nothing of a video is fetched but what it says of itself, until it is played. */
export function drawFilms(task: TaskDetail): HTMLElement[] {
  const films = new Map(task.takes.map((take) => [take.video, take]));
  return Array.from(films, ([video, { cover, title }]) => {
    if (video === null) return null;
    const poster = cover && mediaPath(cover);
    const source = { src: mediaPath(video), controls: true, preload: 'metadata', playsinline: true, poster };
    return element('video', {
      ...source,
      'data-id': `film ${video}`,
      'aria-label': `Video: ${title || titleOf(task)}`,
    });
  }).filter((film) => film !== null);
}
