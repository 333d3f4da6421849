/** Hosts refuse the default names of libraries (403 for Python's was seen); this one says who calls, and is kept stable. */
export const usualHeaders = {
  'user-agent': 'Mozilla/5.0 (compatible; Trackkeeper/1.0; music archiver)',
  accept: '*/*',
  'accept-encoding': 'identity',
} as const;

/** For hosts that refuse the above: the one name that they hardly can, since their own people use it. */
export const otherHeaders = { ...usualHeaders, 'user-agent': 'curl/8.14.1' } as const;

/** The header of a request for so many bytes from there on. */
export function rangeHeader(from: number, bytes: number): string {
  return `bytes=${from}-${from + bytes - 1}`;
}
