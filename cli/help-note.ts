import { wrap } from '../client/wrap.ts';

/** Where commander's own lines end, too, unless the terminal is narrower. */
const columns = 80;

/** What a command's help ends with, each paragraph beginning on a line of its own. */
export const helpNote = (...paragraphs: string[]) =>
  `\n${paragraphs.flatMap((paragraph) => wrap(paragraph, columns)).join('\n')}`;
