// Labels come from URLs and command lines of the owner; these bounds keep a stranger's from filling records.

export type Labels = Record<string, string>;

export const labelLimits = { count: 20, length: 200 } as const;

/** As many as fit, and of each as much. */
export function boundedLabels(given: Iterable<readonly [string, string]>): Labels {
  // The cut may fall between the halves of a character.
  const cut = (text: string) => text.slice(0, labelLimits.length).toWellFormed();
  const bounded = [...given].slice(0, labelLimits.count).map(([name, value]) => [cut(name), cut(value)] as const);
  return Object.fromEntries(bounded.filter(([name]) => name !== '__proto__'));
}
