import type { CommandOutcome } from '../command.ts';
import type { Examined } from './examine.ts';
import type { CheckFinding } from './finding.ts';

const marks: Record<CheckFinding['outcome'], string> = { proved: '✓', failed: '✗', 'not checked': '–' };

type Circumstances = { ms: number; isStrict: boolean };

/** `isStrict`: counts a skipped check as failed. */
export function report(examined: readonly Examined[], { ms, isStrict }: Circumstances): CommandOutcome {
  const count = (wanted: CheckFinding['outcome']) =>
    examined.filter(({ finding }) => finding.outcome === wanted).length;
  const ok = count('failed') === 0 && (!isStrict || count('not checked') === 0);
  const seconds = Math.round(ms / 100) / 10;
  const width = Math.max(...examined.map(({ name }) => name.length));
  return {
    exitCode: ok ? 0 : 1,
    json: {
      ok,
      seconds,
      checks: examined.map(({ name, finding }) => ({ name, advice: null, ...finding })),
    },
    lines: [
      ...examined.flatMap(({ name, finding }) => [
        `${marks[finding.outcome]} ${name.padEnd(width)}  ${finding.detail}`,
        ...('advice' in finding ? [`  ${''.padEnd(width)}  → ${finding.advice}`] : []),
      ]),
      `${summary(examined.length, count('failed'), count('not checked'))} ${seconds} s.`,
    ],
  };
}

function summary(all: number, failures: number, unchecked: number): string {
  const rest = unchecked === 0 ? '' : `, ${unchecked} could not be checked,`;
  if (failures > 0) return `${failures} of ${all} failed${rest} in`;
  return unchecked === 0 ? `All ${all} proved in` : `${all - unchecked} of ${all} proved${rest} in`;
}
