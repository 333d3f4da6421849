// What a task can be found by. Pure.
import type { TaskRecord } from '../../../functions/domain/record.ts';

/** Of each task: a song's lyrics have 1 to 3 KB, and both takes mostly the same. Ten thousand are 40 MB at most of one-byte text. */
const maxCharacters = 4096;

/** Alike for what is looked for and what it is looked for in. */
export function normalised(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

/** What is short comes first: should it be too long, it is lyrics that are left out. */
export function searchText({ taskId, labels, tracks }: TaskRecord): string {
  const texts = [
    taskId,
    ...Object.entries(labels).map(([name, value]) => `${name}=${value}`),
    ...tracks.map(({ title }) => title),
    ...tracks.map(({ tags }) => tags),
    ...tracks.map(({ prompt }) => prompt),
  ];
  const distinct = new Set(texts.filter((text) => text !== null));
  // A normalised text can be many times as long as it was.
  return normalised([...distinct].join('\n').slice(0, maxCharacters)).slice(0, maxCharacters);
}
