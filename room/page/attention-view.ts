// What needs a person: tasks that wait, failed or are at risk, each with its reason and what to do.
import type { Attention, NeedsAttention, TaskRow } from '../page-api.ts';
import { element, words } from './element.ts';
import { noFilter, writePlace } from './place.ts';
import { type Retry, titleOf } from './room.ts';
import { counted, fromNow, hoursWords, instantWords } from './wording.ts';

const whyWords: Record<Attention['why'], string> = {
  'at-risk': 'At risk',
  open: 'Waiting',
  failed: 'Failed',
  quarantined: 'Quarantined',
};

export function retryButton(row: TaskRow, retry: Retry | undefined): HTMLElement {
  return element(
    'button',
    {
      type: 'button',
      class: 'retry',
      'data-do': 'retry',
      'data-task': row.taskId,
      // Were it disabled, it would lose the focus.
      'aria-disabled': retry?.isUnderWay ? 'true' : null,
      'aria-label': `Retry ${titleOf(row)}`,
    },
    retry?.isUnderWay ? 'Asking…' : 'Retry',
  );
}

/** What is wrong, in one line and a few words below it. */
export function attentionWords({ why, reason, advice, hoursLeft, dueAt }: Attention): HTMLElement {
  const times = [
    hoursLeft === null ? '' : hoursWords(hoursLeft),
    dueAt === null ? '' : `tried again ${fromNow(dueAt, new Date())}`,
  ].filter((text) => text !== '');
  return element(
    'div',
    { class: 'trouble' },
    element('p', { class: 'why' }, element('strong', { class: why }, whyWords[why]), ` ${times.join(' · ')}`),
    reason && element('p', { class: 'reason' }, words(reason)),
    advice && element('p', { class: 'advice' }, words(advice)),
  );
}

function drawTask(row: TaskRow, retry: Retry | undefined): HTMLElement | null {
  if (row.attention === null) return null;
  const href = writePlace({ view: 'task', taskId: row.taskId, filter: noFilter });
  return element(
    'li',
    { class: 'case', 'data-id': row.taskId },
    element('a', { class: 'title', href }, words(titleOf(row))),
    element('p', { class: 'when' }, element('time', { datetime: row.at, title: instantWords(row.at) }, row.day)),
    attentionWords(row.attention),
    element(
      'div',
      { class: 'act' },
      retryButton(row, retry),
      retry ? element('p', { class: 'said' }, retry.words) : null,
    ),
  );
}

export function drawAttention(attention: NeedsAttention | null, retries: ReadonlyMap<string, Retry>): HTMLElement[] {
  const heading = element('h2', { id: 'attention-heading' }, 'Needs attention');
  if (attention === null) return [heading];
  const { rows, total, unreadable, revision } = attention;
  const rest = total - rows.length;
  const cases = rows.map((row) => drawTask(row, retries.get(row.taskId))).filter((one) => one !== null);
  const isCalm = revision > 0 && total === 0 && unreadable.length === 0;
  return [
    heading,
    ...(isCalm ? [element('p', { class: 'calm' }, 'Nothing. Every file is stored or being fetched.')] : []),
    element('ul', { class: 'cases', role: 'list' }, ...cases),
    ...(rest > 0 ? [element('p', { class: 'rest' }, `And ${counted(rest, 'task')} that are less urgent.`)] : []),
    ...(unreadable.length > 0 ? [drawUnreadable(unreadable)] : []),
  ];
}

const drawUnreadable = (keys: readonly string[]) =>
  element(
    'div',
    { class: 'unreadable' },
    element('h3', {}, 'Records that cannot be read'),
    element('p', {}, 'Repair them, or move them away: their callbacks can be replayed.'),
    element('ul', {}, ...keys.map((key) => element('li', {}, words(key)))),
  );
