/** No connection came to be, so nothing was sent. */
export class UnreachableError extends Error {
  override name = 'UnreachableError';
}
