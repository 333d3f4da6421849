import { expect, test } from 'vitest';
import { casesOf } from '../../bench/cases.ts';
import { parseBenchOptions } from '../../bench/options.ts';

function optionsOf(...args: string[]) {
  const parsed = parseBenchOptions(args);
  if (parsed.kind !== 'options') throw new Error(JSON.stringify(parsed));
  return parsed.options;
}

test('without options, all sizes are measured in five rounds', () => {
  const { sizes, rounds, starts } = optionsOf();

  expect(sizes.map(({ bytes }) => bytes)).toEqual([10_000_000, 100_000_000, 1024 ** 3]);
  expect({ rounds, starts }).toEqual({ rounds: 5, starts: 21 });
});

test('a quick bench is one round without the largest file', () => {
  const { sizes, rounds } = optionsOf('--quick');

  expect(sizes.map(({ name }) => name)).toEqual(['10 MB', '100 MB']);
  expect(rounds).toBe(1);
});

test('what is asked for goes before what is quick', () => {
  expect(optionsOf('--quick', '--rounds', '3', '--sizes', '2GiB')).toMatchObject({
    rounds: 3,
    sizes: [{ name: '2 GiB', bytes: 2 * 1024 ** 3 }],
  });
});

test('each size is a case, and a warm process and a limited source are two more', () => {
  const cases = casesOf(optionsOf('--sizes', '10MB', '--rounds', '9', '--limit', '5'));

  expect(cases).toMatchObject([
    { bytes: 10_000_000, isWarm: false, rounds: 9 },
    { bytes: 10_000_000, isWarm: true, rounds: 9 },
    { bytesPerSecond: 5_000_000, isWarm: false, rounds: 3 },
  ]);
});

test.each([
  { args: ['--sizes', '10'], named: '--sizes 10' },
  { args: ['--sizes', '5GiB'], named: '4 GB' },
  { args: ['--sizes', '999KB'], named: '--sizes 999KB' },
  { args: ['--rounds', '0'], named: '--rounds 0' },
  { args: ['--rounds', 'many'], named: '--rounds many' },
  { args: ['--limit', '-1'], named: '--limit' },
  { args: ['--only', 'sender'], named: '--only sender' },
  { args: ['--fast'], named: "'--fast'" },
])('$args is refused in words that name it and the help', ({ args, named }) => {
  const parsed = parseBenchOptions(args);

  expect(parsed).toMatchObject({ kind: 'problem', problem: expect.stringContaining(named) });
  expect(parsed).toMatchObject({ problem: expect.stringContaining('--help') });
});

test('help goes before everything else', () => {
  expect(parseBenchOptions(['--help', '--rounds', '0'])).toEqual({ kind: 'help' });
});
