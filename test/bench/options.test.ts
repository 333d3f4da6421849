import { expect, test } from 'vitest';
import { casesOf } from '../../bench/cases.ts';
import { parseBenchOptions } from '../../bench/options.ts';
import { ours, raw } from '../../bench/ways/references.ts';

function optionsOf(...args: string[]) {
  const parsed = parseBenchOptions(args);
  if (parsed.kind !== 'options') throw new Error(JSON.stringify(parsed));
  return parsed.options;
}

test('without options, all sizes are measured in five rounds, the largest and the capped one in fewer', () => {
  const { sizes, rounds, starts, largest, capped } = optionsOf();

  expect(sizes.map(({ bytes }) => bytes)).toEqual([10_000_000, 100_000_000, 1024 ** 3]);
  expect({ rounds, starts }).toEqual({ rounds: 5, starts: 21 });
  expect(largest).toEqual({ name: '5 GiB', bytes: 5 * 1024 ** 3 });
  expect(capped).toEqual({ name: '1 GiB', bytes: 1024 ** 3, rounds: 2 });
});

test('a quick bench is one round without large files', () => {
  const { sizes, rounds, largest, capped } = optionsOf('--quick');

  expect(sizes.map(({ name }) => name)).toEqual(['10 MB', '100 MB']);
  expect({ rounds, largest }).toEqual({ rounds: 1, largest: undefined });
  expect(capped).toMatchObject({ name: '100 MB', rounds: 1 });
});

test('what is asked for goes before what is quick', () => {
  expect(optionsOf('--quick', '--rounds', '3', '--sizes', '2GiB')).toMatchObject({
    rounds: 3,
    sizes: [{ name: '2 GiB', bytes: 2 * 1024 ** 3 }],
  });
});

test('each size is a case, and so are a capped process, a warm one and a limited source', () => {
  const cases = casesOf(optionsOf('--sizes', '10MB', '--rounds', '9', '--limit', '5', '--no-largest'));

  expect(cases).toMatchObject([
    { kind: 'whole', bytes: 10_000_000, rounds: 9 },
    { kind: 'capped', bytes: 1024 ** 3, rounds: 2, ways: [raw, ours] },
    { kind: 'warm', bytes: 10_000_000, rounds: 9 },
    { kind: 'limited', bytesPerSecond: 5_000_000, rounds: 3 },
  ]);
});

test('the largest file is sent once, by us and over the bare wire', () => {
  const cases = casesOf(optionsOf('--sizes', '10MB'));

  expect(cases[1]).toMatchObject({ kind: 'whole', bytes: 5 * 1024 ** 3, rounds: 1, ways: [raw, ours] });
});

test('what is capped to no rounds is left out', () => {
  const cases = casesOf(optionsOf('--capped', '0'));

  expect(cases.map(({ kind }) => kind)).not.toContain('capped');
});

test.each([
  { args: ['--sizes', '10'], named: '--sizes 10' },
  { args: ['--sizes', '6GiB'], named: '5 GiB' },
  { args: ['--sizes', '999KB'], named: '--sizes 999KB' },
  { args: ['--rounds', '0'], named: '--rounds 0' },
  { args: ['--rounds', 'many'], named: '--rounds many' },
  { args: ['--capped', 'two'], named: '--capped two' },
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
