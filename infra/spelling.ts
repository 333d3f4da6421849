/** The word that takes the fewest edits to become `word`, if that is at most `maxEdits`; letter case does not count. */
export function closest(word: string, words: readonly string[], maxEdits: number): string | undefined {
  const ranked = words
    .map((candidate) => ({ candidate, edits: editsBetween(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits);
  const best = ranked[0];
  return best !== undefined && best.edits <= maxEdits ? best.candidate : undefined;
}

/** Levenshtein's distance: `row[j]` is the distance between what was read of `a` and the first j letters of `b`. */
function editsBetween(a: string, b: string): number {
  const firstRow = Array.from({ length: b.length + 1 }, (_, j) => j);
  const lastRow = [...a].reduce((row, letter, i) => {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    return next;
  }, firstRow);
  return lastRow.at(-1) ?? 0;
}
