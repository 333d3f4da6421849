// Opens a source: asks for its first bytes, and where the answer is no good, once more for all of it. First by a connection
// of our own; what that one does not read is left to node:http.
import type { OpenedSource, OpenOptions } from '../../ports.ts';
import { openByHttp } from './open-by-http.ts';
import { openStraight } from './open-straight.ts';
import { questionFor } from './opening.ts';
import type { Surroundings } from './surroundings.ts';

export async function openSource(url: string, options: OpenOptions, surroundings: Surroundings): Promise<OpenedSource> {
  const opened = await openStraight(url, questionFor(options.aheadBytes), options, surroundings);
  return 'read' in opened ? opened : await openByHttp(url, opened, options, surroundings);
}
