// The demo's closing screen: the library, a record, the promises, and what to try next.

import type { Paint } from '../../client/paint.ts';
import { plainText } from '../../client/plain-text.ts';
import { wrap } from '../../client/wrap.ts';
import type { ShownRecord } from './bucket-folder.ts';
import type { Evidence, Verdict } from './promises.ts';
import { recordLines } from './record-lines.ts';
import { treeLines } from './tree.ts';

type Closing = {
  evidence: Pick<Evidence, 'library' | 'records' | 'failedTaskId'>;
  verdicts: readonly Verdict[];
  songTaskId: string;
  folder: string;
  data: string;
  /** True if the listening room opens afterwards. */
  isBrowsing: boolean;
  columns: number;
  paint: Paint;
};

function libraryLines(library: Evidence['library']): string[] {
  const files = Array.from(library, ([key, { length }]) => ({ path: key.replace(/^library\//, ''), bytes: length }));
  return treeLines('library', files);
}

export function verdictLines({ promise, broken }: Verdict, paint: Paint): string[] {
  if (broken.length === 0) return [`  ${paint('green', '✓')} ${promise}`];
  return [`  ${paint('red', '✗')} ${promise}`, ...broken.map((what) => paint('red', `      ${plainText(what)}`))];
}

function failureLines({ code, msg, advice }: NonNullable<ShownRecord['failure']>, columns: number): string[] {
  return [`${code}: ${plainText(msg)}`, ...wrap(plainText(advice, 500), columns - 4)].map((line) => `  ${line}`);
}

export function closingLines({
  evidence,
  verdicts,
  songTaskId,
  folder,
  data,
  isBrowsing,
  columns,
  paint,
}: Closing): string[] {
  const title = (text: string, aside = '') => ['', `  ${paint('bold', text)}${paint('dim', aside)}`, ''];
  const recordOf = (id: string) => evidence.records.find(({ taskId }) => taskId === id);
  const song = recordOf(songTaskId);
  const failure = recordOf(evidence.failedTaskId)?.failure;
  const brokenCount = verdicts.filter(({ broken }) => broken.length > 0).length;
  return [
    ...title('The library'),
    ...libraryLines(evidence.library),
    ...title('The record of the song', `  tasks/${plainText(songTaskId)}.json, abridged`),
    ...(song === undefined ? [] : recordLines(song, columns - 2).map((line) => `  ${line}`)),
    ...title('The task that failed'),
    ...(failure ? failureLines(failure, columns) : []),
    ...title('The promises'),
    ...verdicts.flatMap((verdict) => verdictLines(verdict, paint)),
    '',
    brokenCount === 0
      ? '  Every promise held.'
      : `  ${paint('red', `${brokenCount} of ${verdicts.length} promises broke.`)}`,
    '',
    `  Open the bucket    ${paint('cyan', folder)}`,
    `  Keep it running    ${paint('cyan', `npm start -- --data ${data}`)}`,
    `  and listen to it   ${paint('cyan', `npx trackkeeper browse --local ${data}`)}`,
    ...(isBrowsing ? [] : [`  The same at once   ${paint('cyan', 'npm run demo -- --browse')}`]),
    '',
  ];
}
