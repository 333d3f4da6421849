// An object's own metadata: the task and track that it belongs to. Ids are hostile text, and S3 limits the total size.

/** S3's limit is 2 KB for all names and values; the margin covers how it counts names. */
const maxMetadataBytes = 2_000;

/** As plain ASCII, safe in headers. If it is too much, the longest values are left out: the object matters more. */
export function encodeMetadata(metadata: Readonly<Record<string, string>>): Record<string, string> {
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

/** Other programs may have written the object, with values that are not encoded. */
export function decodeMetadataValue(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
