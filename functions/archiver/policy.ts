/** What the owner's settings allow. */
export type Policy = {
  /** There is a key, so a provider can be asked. */
  canAsk: boolean;
  /** Only links that the provider itself named are followed. */
  confirm: boolean;
};
