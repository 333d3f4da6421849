// Several endpoints or providers were asked about one task: what they said together.
import type { ProviderAnswer } from '../../ports.ts';

/** One that could not be asked may know the task: as long as there is such a one, nobody is said not to know it. */
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
