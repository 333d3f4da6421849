import { describe, expect, test } from 'vitest';
import { failed, notChecked, proved } from '../../../cli/doctor/finding.ts';
import { report } from '../../../cli/doctor/report.ts';

const good = { name: 'clock', finding: proved('It is right.') };
const bad = { name: 'queues', finding: failed('One is short.', 'Deploy it.') };
const unseen = { name: 'permissions', finding: notChecked('IAM may not be asked.') };
const shown = (...examined: Parameters<typeof report>[0]) => report(examined, { ms: 12_040, isStrict: false });

test('each proven promise is printed on one line', () => {
  expect(shown(good).lines).toEqual(['✓ clock  It is right.', 'All 1 proved in 12 s.']);
});

test('a failure comes with what to do, and is counted', () => {
  expect(shown(good, bad, unseen).lines).toEqual([
    '✓ clock        It is right.',
    '✗ queues       One is short.',
    '               → Deploy it.',
    '– permissions  IAM may not be asked.',
    '1 of 3 failed, 1 could not be checked, in 12 s.',
  ]);
});

test('what could not be checked is no fault, but never passes for proved', () => {
  expect(shown(good, unseen).lines.at(-1)).toBe('1 of 2 proved, 1 could not be checked, in 12 s.');
});

describe('the exit code', () => {
  test.each([
    [[good], false, 0],
    [[good, unseen], false, 0],
    [[good, unseen], true, 1],
    [[good, bad], false, 1],
  ])('%#', (examined, isStrict, exitCode) => {
    expect(report(examined, { ms: 1, isStrict })).toMatchObject({ exitCode, json: { ok: exitCode === 0 } });
  });
});

test('JSON has the same, for monitoring', () => {
  expect(shown(good, bad).json).toEqual({
    ok: false,
    seconds: 12,
    checks: [
      { name: 'clock', outcome: 'proved', detail: 'It is right.', advice: null },
      { name: 'queues', outcome: 'failed', detail: 'One is short.', advice: 'Deploy it.' },
    ],
  });
});
