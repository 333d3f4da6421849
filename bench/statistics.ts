export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  const [low = Number.NaN, high = low] = sorted.slice(Math.ceil(middle) - 1, Math.floor(middle) + 1);
  return (low + high) / 2;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Divides each value by the other of its round and returns the median: a machine that is slow for a while affects
 * both. Rounds that lack either value are skipped.
 */
export function medianRatio(values: readonly number[], others: readonly number[]): number {
  return median(values.slice(0, others.length).map((value, round) => value / (others[round] ?? Number.NaN)));
}

/** The range of the values relative to their median. */
export function spread(values: readonly number[]): number {
  return (Math.max(...values) - Math.min(...values)) / median(values);
}

/** Each round starts with another item, so that none always runs after the same one. */
export function rotated<T>(items: readonly T[], round: number): T[] {
  const by = round % Math.max(items.length, 1);
  return [...items.slice(by), ...items.slice(0, by)];
}
