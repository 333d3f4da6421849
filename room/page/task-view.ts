// One task: its takes next to each other, the words, and every file with its state.
import type { TaskDetail } from '../page-api.ts';
import { attentionWords, retryButton } from './attention-view.ts';
import { copyButton } from './copy-button.ts';
import { element, icon, words } from './element.ts';
import { drawFiles, drawFilms } from './file-view.ts';
import { drawLyrics } from './lyrics-view.ts';
import { type Heard, type OpenTask, type Retry, titleOf } from './room.ts';
import { labelWords, progressOf, statusWords } from './row-view.ts';
import { drawTake } from './take-view.ts';
import { instantWords, spoken } from './wording.ts';

const closeButton = () =>
  element(
    'button',
    {
      type: 'button',
      class: 'close',
      'data-do': 'close-task',
      'aria-label': 'Close the task',
      title: 'Close (Escape)',
    },
    icon('close'),
  );

function drawHead(task: TaskDetail): HTMLElement {
  return element(
    'div',
    { class: 'head' },
    element('h2', { tabindex: -1, id: 'task-heading' }, words(titleOf(task))),
    task.tags ? element('p', { class: 'tags' }, words(task.tags)) : null,
    element(
      'p',
      { class: 'facts' },
      element('span', {}, spoken(task.kind)),
      element('time', { datetime: task.at }, instantWords(task.at)),
      statusWords(task),
      labelWords(task.labels),
    ),
    progressOf(task),
  );
}

function drawMore(task: TaskDetail): HTMLElement {
  const fact = (name: string, value: string, what: string) => [
    element('dt', {}, name),
    element('dd', {}, words(value, 'mono'), copyButton(value, what)),
  ];
  const inBucket = (key: string) => `${task.bucket}/${key}`;
  return element(
    'dl',
    { class: 'more' },
    ...fact('Task', task.taskId, 'the task id'),
    ...(task.folder === null ? [] : fact('Folder', inBucket(task.folder), 'the folder’s path')),
    ...fact('Record', inBucket(task.record), 'the record’s path'),
    element('dt', {}, 'Provider'),
    element('dd', {}, words(task.provider)),
  );
}

/** Something is missing, and asking again may bring it. */
const isRetried = ({ status, assets }: TaskDetail) =>
  status !== 'archived' || assets.some(({ state }) => state !== 'stored');

export function drawTask(open: OpenTask, heard: Heard, retry: Retry | undefined): Node[] {
  const { detail, problem } = open;
  if (detail === null) {
    const text = problem ?? 'Reading…';
    return [
      closeButton(),
      element('h2', { tabindex: -1, id: 'task-heading' }, words(open.taskId)),
      element('p', {}, text),
    ];
  }
  const retrying = element(
    'div',
    { class: 'act' },
    retryButton(detail, retry),
    retry ? element('p', { class: 'said' }, retry.words) : null,
  );
  return [
    closeButton(),
    drawHead(detail),
    ...(detail.attention === null ? [] : [attentionWords(detail.attention)]),
    ...(isRetried(detail) ? [retrying] : []),
    element('div', { class: 'pair' }, ...detail.takes.map((_, take) => drawTake(detail, take, heard))),
    ...drawFilms(detail),
    ...drawLyrics(detail),
    drawFiles(detail),
    drawMore(detail),
  ];
}
