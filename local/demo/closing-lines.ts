// The demo's closing screen: the library, a record, the promises, and what to try next.
import { type Paint, plainText, wrap } from '../../client/terminal.ts';
import type { ShownRecord } from './bucket-folder.ts';
import type { DemoEvidence, PromiseVerdict } from './promises.ts';
import { treeLines } from './tree.ts';

export function verdictLines({ promise, broken }: PromiseVerdict, paint: Paint): string[] {
  if (broken.length === 0) return [`  ${paint('green', '✓')} ${promise}`];
  return [`  ${paint('red', '✗')} ${promise}`, ...broken.map((what) => paint('red', `      ${plainText(what)}`))];
}

type Closing = {
  evidence: Pick<DemoEvidence, 'library' | 'records' | 'failedTaskId'>;
  verdicts: readonly PromiseVerdict[];
  songTaskId: string;
  folder: string;
  data: string;
  /** True if the listening room opens afterwards. */
  isBrowsing: boolean;
  columns: number;
  paint: Paint;
};

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

function libraryLines(library: DemoEvidence['library']): string[] {
  const files = Array.from(library, ([key, { length }]) => ({ path: key.replace(/^library\//, ''), bytes: length }));
  return treeLines('library', files);
}

/** Formats the record of `tasks/` with fewer fields, one object per line, each line at most `columns` wide. */
export function recordLines(record: ShownRecord, columns: number): string[] {
  const abridged = {
    taskId: record.taskId,
    kind: record.kind,
    status: record.status,
    labels: record.labels,
    folder: record.folder,
    stages: record.stages.map(({ stage }) => stage),
    failure: record.failure,
    tracks: record.tracks.map(({ title, durationSeconds }) => ({ title, durationSeconds })),
    assets: record.assets.map(({ kind, state, bytes, crc32 }) => ({
      kind,
      state,
      bytes,
      crc32,
    })),
  };
  const fields = Object.entries(abridged);
  const lines = fields.flatMap(([name, value], index) => fieldLines(name, value, index === fields.length - 1));
  return ['{', ...lines, '}'].map((line) => plainText(line, columns));
}

function fieldLines(name: string, value: unknown, isLast: boolean): string[] {
  const comma = isLast ? '' : ',';
  const isTable = Array.isArray(value) && value.some((row) => typeof row === 'object');
  if (!isTable) return [`  "${name}": ${inline(value)}${comma}`];
  const rows = value.map((row, index) => `    ${inline(row)}${index === value.length - 1 ? '' : ','}`);
  return [`  "${name}": [`, ...rows, `  ]${comma}`];
}

const inline = (value: unknown) =>
  JSON.stringify(value, null, 1)
    .replace(/\n\s*/g, ' ')
    .replace(/^\[ | \]$/g, (bracket) => bracket.trim());

function failureLines({ code, msg, advice }: NonNullable<ShownRecord['failure']>, columns: number): string[] {
  return [`${code}: ${plainText(msg)}`, ...wrap(plainText(advice, 500), columns - 4)].map((line) => `  ${line}`);
}
