import { plainText } from '../../client/plain-text.ts';
import type { ShownRecord } from './bucket-folder.ts';

const inline = (value: unknown) =>
  JSON.stringify(value, null, 1)
    .replace(/\n\s*/g, ' ')
    .replace(/^\[ | \]$/g, (bracket) => bracket.trim());

function fieldLines(name: string, value: unknown, isLast: boolean): string[] {
  const comma = isLast ? '' : ',';
  const isTable = Array.isArray(value) && value.some((row) => typeof row === 'object');
  if (!isTable) return [`  "${name}": ${inline(value)}${comma}`];
  const rows = value.map((row, index) => `    ${inline(row)}${index === value.length - 1 ? '' : ','}`);
  return [`  "${name}": [`, ...rows, `  ]${comma}`];
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
