// The text in which a task is searched. Pure.
import type { TaskRecord } from '../../functions/domain/record.ts';

/**
 * Per task: a song's lyrics have 1 to 3 KB, and both takes have nearly the same. For ten thousand tasks this is at
 * most 40 MB of one-byte text.
 */
const maxCharacters = 4096;

/** Applied to both the query and the text. */
export function normalised(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

/** Short fields first: if the text is too long, lyrics are cut. */
export function searchText({ taskId, labels, tracks }: TaskRecord): string {
  const texts = [
    taskId,
    ...Object.entries(labels).map(([name, value]) => `${name}=${value}`),
    ...tracks.map(({ title }) => title),
    ...tracks.map(({ tags }) => tags),
    ...tracks.map(({ prompt }) => prompt),
  ];
  const distinct = new Set(texts.filter((text) => text !== null));
  // Normalising can make a text many times as long.
  return normalised([...distinct].join('\n').slice(0, maxCharacters)).slice(0, maxCharacters);
}
