import { endOfPrefix } from './key.ts';

export type PageRequest = { readonly prefix: string; readonly delimiter: string; readonly maxKeys: number };

export type Page = {
  readonly keys: string[];
  /** The parts up to the delimiter that several keys share; the list contains them in place of those keys. */
  readonly commonPrefixes: string[];
  /** Set if there are more keys: the next page starts after this one. */
  readonly next?: string;
};

export async function listPage(keys: AsyncIterable<string>, request: PageRequest): Promise<Page> {
  const page: Page = { keys: [], commonPrefixes: [] };
  let last: string | undefined;

  for await (const key of keys) {
    const group = groupOf(key, request);
    if (group !== undefined && group === page.commonPrefixes.at(-1)) continue;
    if (page.keys.length + page.commonPrefixes.length === request.maxKeys) return { ...page, next: last };
    if (group === undefined) page.keys.push(key);
    else page.commonPrefixes.push(group);
    last = group === undefined ? key : endOfPrefix(group);
  }
  return page;
}

function groupOf(key: string, { prefix, delimiter }: PageRequest): string | undefined {
  const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}
