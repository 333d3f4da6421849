import { expect, test } from 'vitest';
import { combine } from '../../../../functions/adapters/provider/combine.ts';
import type { ParsedCallback } from '../../../../functions/domain/callback/family.ts';
import type { ProviderAnswer } from '../../../../functions/ports.ts';

const callback: ParsedCallback = {
  ...{ provider: 'kie.ai', taskId: 't', kind: 'music', stage: 'text', code: 200, msg: '' },
  ...{ failure: null, tracks: [], assets: [] },
};
const answered: ProviderAnswer = { outcome: 'answered', callback, said: '{}' };
const unknown: ProviderAnswer = { outcome: 'unknown', detail: 'not here' };
const refused: ProviderAnswer = { outcome: 'refused', detail: 'no key', refusal: null };
const noCredits: ProviderAnswer = { outcome: 'refused', detail: 'no credits', refusal: 'credits' };
const down = (retryAfterMs: number | null): ProviderAnswer => ({
  outcome: 'unavailable',
  detail: 'down',
  retryAfterMs,
});

test.each<[string, ProviderAnswer[], ProviderAnswer]>([
  ['one that knows it counts, whatever the others say', [unknown, down(1), refused, answered], answered],
  ['one that is down may know it', [unknown, refused, down(null)], down(null)],
  ['one that is not to be asked may know it', [unknown, refused], refused],
  ['the owner can act on a key that is refused', [refused, noCredits], { ...noCredits, detail: 'no key; no credits' }],
  [
    'nobody knows it',
    [unknown, { outcome: 'unknown', detail: 'nor here' }],
    { outcome: 'unknown', detail: 'not here; nor here' },
  ],
  ['the same is said once', [unknown, unknown], unknown],
  ['all that are down are left alone for as long as one wants to be', [down(5), down(null), down(7)], down(7)],
])('%s', (_, answers, together) => {
  expect(combine(answers)).toEqual(together);
});
