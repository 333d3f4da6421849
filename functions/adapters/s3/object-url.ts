// Where an object is, as S3 wants it signed.

/** @throws where a URL would lose a part of the key, or where there is none: that would be the bucket */
export function objectUrl(bucket: URL, key: string, query: Readonly<Record<string, string>>): URL {
  const segments = key.split('/');
  const isLost = key === '' || segments.some((segment) => segment === '.' || segment === '..');
  if (isLost) throw new Error(`'${key}' cannot be a key`);
  const url = new URL(`${bucket.origin}${bucket.pathname.replace(/\/+$/, '')}/${segments.map(encode).join('/')}`);
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
