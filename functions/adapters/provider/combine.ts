// Combines the answers of several endpoints or providers about one task.
import type { ProviderAnswer } from '../../ports.ts';

/** An endpoint that could not be reached may know the task: until it answers, the task is not unknown. */
export function combine(answers: readonly ProviderAnswer[]): ProviderAnswer {
  const answered = answers.find((answer) => answer.outcome === 'answered');
  if (answered !== undefined) return answered;
  const unavailable = answers.filter((answer) => answer.outcome === 'unavailable');
  if (unavailable.length > 0) {
    const waits = unavailable.map(({ retryAfterMs }) => retryAfterMs).filter((wait) => wait !== null);
    const retryAfterMs = waits.length === 0 ? null : Math.max(...waits);
    return { outcome: 'unavailable', detail: detailOf(unavailable), retryAfterMs };
  }
  const refused = answers.filter((answer) => answer.outcome === 'refused');
  if (refused.length > 0) {
    const refusal = refused.map((answer) => answer.refusal).find((reason) => reason !== null) ?? null;
    return { outcome: 'refused', detail: detailOf(refused), refusal };
  }
  return { outcome: 'unknown', detail: detailOf(answers.filter((answer) => answer.outcome === 'unknown')) };
}

function detailOf(answers: readonly { detail: string }[]): string {
  return [...new Set(answers.map(({ detail }) => detail))].join('; ');
}
