// What came of one check. Each is one sentence for a person, and on failure what to do.

export type Finding =
  | { outcome: 'proved'; detail: string }
  | { outcome: 'failed'; detail: string; advice: string }
  | { outcome: 'not checked'; detail: string };

export const proved = (detail: string): Finding => ({ outcome: 'proved', detail });
export const failed = (detail: string, advice: string): Finding => ({ outcome: 'failed', detail, advice });
export const notChecked = (detail: string): Finding => ({ outcome: 'not checked', detail });

/** Proved where nothing is wrong; else all that is. */
export function verdict(problems: readonly string[], whole: string, advice: string): Finding {
  return problems.length === 0 ? proved(whole) : failed(problems.join(' '), advice);
}
