// Where an object is, as S3 wants it signed.

type Query = Readonly<Record<string, string>>;

/** @throws where a URL would lose a part of the key, or where there is none: that would be the bucket */
export function objectUrl(bucket: URL, key: string, query: Query): URL {
  const segments = key.split('/');
  const isLost = key === '' || segments.some((segment) => segment === '.' || segment === '..');
  if (isLost) throw new Error(`'${key}' cannot be a key`);
  return withQuery(`${folderOf(bucket)}/${segments.map(encode).join('/')}`, query);
}

/** The bucket itself, for what is asked of all of it. */
export function wholeBucketUrl(bucket: URL, query: Query): URL {
  return withQuery(folderOf(bucket), query);
}

function folderOf(bucket: URL): string {
  return `${bucket.origin}${bucket.pathname.replace(/\/+$/, '')}`;
}

function withQuery(address: string, query: Query): URL {
  const url = new URL(address);
  // Deliberately not by `searchParams`, whose encoding is another one than the signature's.
  url.search = Object.entries(query)
    .map((pair) => pair.map(encode).join('='))
    .join('&');
  return url;
}

/** S3's own form: everything but `A-Z a-z 0-9 - . _ ~`. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${hexOf(character)}`);
}

function hexOf(character: string): string {
  return Buffer.from(character).toString('hex').toUpperCase();
}
