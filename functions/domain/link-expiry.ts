// When a signed link expires, as far as its query says.

type ExpiryRule = { parameter: string; read: (value: string, query: URLSearchParams) => number };

/** `20261201T140000Z`, as in AWS's and Google's signatures. */
function basicTime(text: string | null): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? '') ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

const lifetimeFrom = (start: string) => (value: string, query: URLSearchParams) =>
  basicTime(query.get(start)) + Number(value) * 1000;

/** Seconds since 1970. */
const epoch = (value: string) => (/^\d{9,11}$/.test(value) ? Number(value) * 1000 : Number.NaN);

const rules: readonly ExpiryRule[] = [
  { parameter: 'X-Amz-Expires', read: lifetimeFrom('X-Amz-Date') },
  { parameter: 'X-Goog-Expires', read: lifetimeFrom('X-Goog-Date') },
  // S3's older signature, CloudFront and Google; Alibaba's OSS uses it, too.
  { parameter: 'Expires', read: epoch },
  // Azure's shared access signature.
  { parameter: 'se', read: (value) => Date.parse(value) },
  { parameter: 'expires', read: epoch },
  { parameter: 'exp', read: epoch },
];

/** Null: the link does not say. A lie does no harm: the time only makes an attempt earlier. */
export function linkExpiry(url: string): Date | null {
  const query = URL.parse(url)?.searchParams;
  if (query === undefined) return null;
  for (const { parameter, read } of rules) {
    const value = query.get(parameter);
    const time = value === null ? Number.NaN : read(value, query);
    const date = new Date(time);
    if (!Number.isNaN(date.getTime())) return date;
  }
  return null;
}
