// The result of one check: a sentence for people and, if it failed, what to do.

export type Finding =
  | { outcome: 'proved'; detail: string }
  | { outcome: 'failed'; detail: string; advice: string }
  | { outcome: 'not checked'; detail: string };

export const proved = (detail: string): Finding => ({ outcome: 'proved', detail });
export const failed = (detail: string, advice: string): Finding => ({ outcome: 'failed', detail, advice });
export const notChecked = (detail: string): Finding => ({ outcome: 'not checked', detail });

/** Proved if there are no problems; otherwise failed, with all of them. */
export function verdict(problems: readonly string[], whole: string, advice: string): Finding {
  return problems.length === 0 ? proved(whole) : failed(problems.join(' '), advice);
}
