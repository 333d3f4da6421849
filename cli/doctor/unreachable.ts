/** No connection was established, so nothing was sent. */
export class UnreachableError extends Error {
  override name = 'UnreachableError';
}
