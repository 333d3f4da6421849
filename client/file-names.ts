// Readable file names from titles, which are hostile text: valid on every file system to which people copy songs.
import { shortId } from '../functions/domain/file-name.ts';
import type { Asset, TaskRecord } from '../functions/domain/record.ts';

/** File systems allow 255 bytes; the rest is for suffixes that keep names distinct, the extension and `.part`. */
const maxTitleBytes = 150;

/** Windows rejects these, whatever their extension. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

export type NamedAsset<A> = { asset: A; fileName: string };

/** In the order of the assets. Names are distinct even on file systems that ignore case or normalise Unicode. */
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

/** A title without anything that could do harm. */
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
  // Windows drops dots and spaces at the end; a dot at the start hides a file elsewhere.
  const trimmed = name.replace(/^[. ]+|[. ]+$/g, '');
  if (trimmed === '') return 'Untitled';
  return reserved.test(trimmed.split('.', 1).join('')) ? `_${trimmed}` : trimmed;
}

/** Files of a track have the track's title; files of the task are named by their kind. */
function titleOf({ kind, name, trackId }: Asset, tracks: TaskRecord['tracks']): string {
  const title = tracks.find((track) => track.trackId === trackId)?.title ?? '';
  const words = [title, name].filter((word) => word !== '');
  return readableName(words.join(' - ') || kind);
}

/** From the object's key, because it follows from the bytes. */
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
