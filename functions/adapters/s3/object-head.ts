// What an object carries besides its bytes, as headers: ids are hostile text, and S3 has a limit for all of it.
import type { ObjectHead } from '../../ports.ts';

/** S3's limit for names and values of all metadata of an object, with room for how names are counted. */
const maxMetadataBytes = 2_000;

/** In plain ASCII. Where it is too much, the longest goes without: an object with fewer words beats none. */
export function metadataOf({ metadata = {} }: ObjectHead): Record<string, string> {
  let bytes = 0;
  const safe = Object.entries(metadata).map(
    ([name, value]) => [name, encodeURIComponent(value.toWellFormed())] as const,
  );
  const fitting = safe
    .toSorted(([, one], [, other]) => one.length - other.length)
    .filter(([name, value]) => {
      bytes += name.length + value.length;
      return bytes <= maxMetadataBytes;
    });
  return Object.fromEntries(fitting);
}

export function headersOf(head: ObjectHead): Record<string, string> {
  const { contentType, contentDisposition } = head;
  return {
    'content-type': contentType,
    ...(contentDisposition !== undefined && { 'content-disposition': contentDisposition }),
    ...Object.fromEntries(Object.entries(metadataOf(head)).map(([name, value]) => [`x-amz-meta-${name}`, value])),
  };
}

/** Somebody else may have written it, and in another way. */
export function decodeValue(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
