// README and the papers are held to the code where they name its parts.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
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
