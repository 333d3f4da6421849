// Names that a person reads, from titles that are hostile text: safe on every file system that songs are carried to.
import { shortId } from '../../../functions/domain/file-name.ts';
import type { Asset, TaskRecord } from '../../../functions/domain/record.ts';

/** File systems take 255 bytes; the rest is for what keeps names apart, the extension and `.part`. */
const maxTitleBytes = 150;

/** Windows refuses these, whatever their extension. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

export type NamedAsset<A> = { asset: A; fileName: string };

/** In the order of the assets; no two names differ only in what some file system does not tell apart. */
export function nameFiles<A extends Asset>({ taskId, tracks }: TaskRecord, assets: readonly A[]): NamedAsset<A>[] {
  const named = assets.map((asset) => ({ asset, owner: asset.trackId ?? '', title: titleOf(asset, tracks) }));
  const taken = new Set<string>();
  return named.map(({ asset, owner, title }) => {
    const sharers = named.filter((other) => sameName(other.title) === sameName(title));
    const isShared = sharers.some((other) => other.owner !== owner);
    const apart = isShared ? `${title} (${shortId(owner || taskId)})` : title;
    const fileName = freeName(apart, extensionOf(asset), taken);
    taken.add(sameName(fileName));
    return { asset, fileName };
  });
}

/** What is left of a title once nothing in it can harm. */
export function readableName(title: string): string {
  const clean = title
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\p{C}\p{Zl}\p{Zp}"\\/:*?<>|]+/gu, ' ')
    .replace(/\s+/gu, ' ');
  let name = '';
  for (const character of clean.trim()) {
    if (Buffer.byteLength(name + character) > maxTitleBytes) break;
    name += character;
  }
  // Windows drops dots and spaces at the end; a dot at the beginning hides a file elsewhere.
  const trimmed = name.replace(/^[. ]+|[. ]+$/g, '');
  if (trimmed === '') return 'Untitled';
  return reserved.test(trimmed.split('.', 1).join('')) ? `_${trimmed}` : trimmed;
}

/** A track's own files have its title; what belongs to no track is called what it is. */
function titleOf({ kind, name, trackId }: Asset, tracks: TaskRecord['tracks']): string {
  const title = tracks.find((track) => track.trackId === trackId)?.title ?? '';
  const words = [title, name].filter((word) => word !== '');
  return readableName(words.join(' - ') || kind);
}

/** Of the object: it comes from the bytes. */
function extensionOf({ key }: Asset): string {
  return /\.([a-z0-9]{1,5})$/i.exec(key ?? '')?.[1] ?? 'bin';
}

function freeName(name: string, extension: string, taken: ReadonlySet<string>): string {
  for (let copy = 1; ; copy++) {
    const fileName = copy === 1 ? `${name}.${extension}` : `${name} ${copy}.${extension}`;
    if (!taken.has(sameName(fileName))) return fileName;
  }
}

function sameName(name: string): string {
  return name.normalize('NFC').toLowerCase();
}
