// README and the papers are held to the code where they name its parts.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createProgram } from '../infra/cli/program.ts';
import { settings } from '../infra/config.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const papers = [...globSync('*.md', { cwd: root }), ...globSync('docs/**/*.md', { cwd: root })];

describe('the README', () => {
  test.each(Object.keys(settings))('tells of the setting %s', (key) => {
    expect(read('README.md')).toContain(`\`${key}\``);
  });

  test('names only npm scripts that there are', () => {
    const { scripts } = JSON.parse(read('package.json'));
    const named = [
      ...read('README.md').matchAll(/npm (?:run )?(?:--silent )?(start|test|demo|url|check|synth|run \w+)/g),
    ];

    expect(named.length).toBeGreaterThan(3);
    expect(named.map(([, name]) => name).filter((name = '') => !Object.hasOwn(scripts, name))).toEqual([]);
  });
});

describe('the page on the command line', () => {
  const page = read('docs/command-line.md');
  const program = createProgram(async () => {}, { writeOut: () => {}, writeErr: () => {} });
  const flags = (from: typeof program) => from.options.map(({ flags }) => flags);

  test.each(program.commands.map((command) => [command.name(), command] as const))(
    'has a section on %s, with an example and every option',
    (name, command) => {
      const [section = ''] = page.split(`\n## ${name}\n`)[1]?.split('\n## ') ?? [];

      expect(section).toContain(`npx trackkeeper ${name}`);
      for (const option of flags(command)) expect(section).toContain(`\`${option}\``);
    },
  );

  test('names no command and no option that there is not', () => {
    const names = program.commands.map((command) => command.name());
    const known = new Set([program, ...program.commands].flatMap((command) => command.options.map(({ long }) => long)));
    const commands = [...page.matchAll(/npx trackkeeper (\w+)/g)].map(([, name = '']) => name);
    const options = [...page.matchAll(/--[a-z][a-z-]*/g)].map(([option]) => option);

    expect(commands.filter((name) => !names.includes(name))).toEqual([]);
    expect(options.filter((option) => !known.has(option) && option !== '--help')).toEqual([]);
    for (const option of flags(program)) expect(page).toContain(`\`${option.split(' ')[0]}`);
  });
});

test.each(papers)('%s links only to what is there', (paper) => {
  const links = [...read(paper).matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)(?:#[^)]*)?\)/g)].map(
    ([, path = '']) => path,
  );

  expect(links.filter((path) => !existsSync(join(root, dirname(paper), path)))).toEqual([]);
});

test.each(papers)('%s names only files that are there', (paper) => {
  const named = [...read(paper).matchAll(/`((?:functions|infra|test|docs)\/[\w./-]+?\.(?:ts|mjs|sh|json|md))`/g)];

  expect(named.map(([, path = '']) => path).filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
