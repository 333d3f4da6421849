// The little of S3's XML that a list of keys needs.

export type ListedKeys = {
  /** As they stand in XML: with `&amp;` for an ampersand. A marker's key has nothing that is written in another way. */
  keys: string[];
  /** The token that the next page begins with; undefined where this is the last. */
  next: string | undefined;
};

/** Undefined where it is no list, or not a whole one. */
export function readList(body: Buffer): ListedKeys | undefined {
  const xml = body.toString();
  const isWhole = /<ListBucketResult[\s>]/.test(xml) && xml.trimEnd().endsWith('</ListBucketResult>');
  const isTruncated = textOf('IsTruncated', xml);
  const next = isTruncated === 'true' ? textOf('NextContinuationToken', xml) : undefined;
  const goesOn = isTruncated === 'false' || (next !== undefined && next !== '');
  if (!isWhole || !goesOn) return undefined;
  return { keys: [...xml.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) => key), next };
}

/** Of base64 and words, which XML writes as they are. */
function textOf(name: string, xml: string): string | undefined {
  return new RegExp(`<${name}>([^<&]*)</${name}>`).exec(xml)?.[1];
}
