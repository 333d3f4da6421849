// Labels are set by the owner, in URLs and on the command line; these limits keep a stranger from filling records
// with them.

export type Labels = Record<string, string>;

export const labelLimits = { count: 20, length: 200 } as const;

/** Drops labels over the limit and cuts long ones. */
export function boundedLabels(given: Iterable<readonly [string, string]>): Labels {
  // The cut may fall inside a surrogate pair.
  const cut = (text: string) => text.slice(0, labelLimits.length).toWellFormed();
  const bounded = [...given].slice(0, labelLimits.count).map(([name, value]) => [cut(name), cut(value)] as const);
  return Object.fromEntries(bounded.filter(([name]) => name !== '__proto__'));
}
