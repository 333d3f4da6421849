// Answers of providers, and what each means in one line.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Shape } from '../../../../functions/domain/answer/endpoints.ts';
import { type ReadAnswer, readAnswer } from '../../../../functions/domain/answer/read-answer.ts';
import { findTaskId } from '../../../../functions/domain/callback/body.ts';

export const folder = join(import.meta.dirname, '../../../fixtures/answers');

type Fields = Record<string, unknown>;
export type Sample = { code: unknown; msg?: unknown; data: Fields };

export function sample(file: string): Sample {
  return JSON.parse(readFileSync(join(folder, file), 'utf8'));
}

/** The same answer, with other fields in its `data`. */
export function having(file: string, fields: Fields): Sample {
  const answer = sample(file);
  return { ...answer, data: { ...answer.data, ...fields } };
}

export function read(
  shape: Shape,
  body: unknown,
  asked: { taskId?: string; provider?: 'sunoapi.org' | 'kie.ai' } = {},
) {
  const { taskId = findTaskId(body) ?? 'some-task', provider = 'sunoapi.org' } = asked;
  const kind = shape === 'job' ? 'unknown' : shape;
  return readAnswer({ status: 200, body }, { provider, kind, taskId, shape });
}

/** `<kind> <stage> [outcome of a failure]: <what it brings>` */
export function describeTold(told: ReadAnswer): string {
  if (!('callback' in told)) return Object.keys(told)[0] ?? '';
  const { kind, stage, failure, tracks, assets } = told.callback;
  const kinds = [...new Set(assets.map((asset) => asset.kind))];
  const files = kinds.map((name) => `${assets.filter((asset) => asset.kind === name).length} ${name}`);
  const brings = [...(tracks.length > 0 ? [`${tracks.length} tracks`] : []), ...files].join(', ');
  return [kind, stage, failure?.outcome].filter(Boolean).join(' ') + (brings === '' ? '' : `: ${brings}`);
}
