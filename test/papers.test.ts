// README and the papers are held to the code where they name its parts.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { measures } from '../functions/domain/metrics.ts';
import { createProgram } from '../infra/cli/program.ts';
import { settings } from '../infra/config.ts';
import { synthesized, variants } from './infra/synthesized.ts';

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
  const program = createProgram(
    async () => {},
    async () => {},
    { writeOut: () => {}, writeErr: () => {} },
  );
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
    const commands = [...page.matchAll(/npx trackkeeper ([\w-]+)/g)].map(([, name = '']) => name);
    const options = [...page.matchAll(/--[a-z][a-z-]*/g)].map(([option]) => option);

    expect(commands.filter((name) => !names.includes(name))).toEqual([]);
    expect(options.filter((option) => !known.has(option) && option !== '--help')).toEqual([]);
    for (const option of flags(program)) expect(page).toContain(`\`${option.split(' ')[0]}`);
  });
});

test.each(Object.values(measures).flatMap(({ metrics }) => Object.keys(metrics)))(
  'the page on the architecture tells of the metric %s',
  (name) => {
    expect(read('docs/architecture.md')).toContain(`\n| \`${name}\` |`);
  },
);

describe('the page on deploying', () => {
  const page = read('docs/deploying.md');
  const services = new Map(
    [...page.matchAll(/^\| `(AWS::\w+::)` \| `([a-z]+)` \|/gm)].map(([, types = '', service = '']) => [types, service]),
  );
  const policies = z
    .array(z.object({ Statement: z.array(z.object({ Action: z.union([z.string(), z.array(z.string())]) })) }))
    .parse([...page.matchAll(/^```json\n(\{\n {2}"Version".*?)^```/gms)].map(([, policy = '']) => JSON.parse(policy)));

  test.each(variants)('names each service that the template touches, %s', (_, context) => {
    const types = Object.values(synthesized(context).findResources('*')).map(({ Type }) => String(Type));
    const touched = new Set(types.map((type) => type.replace(/\w+$/, '')));

    expect([...touched].filter((prefix) => !services.has(prefix))).toEqual([]);
  });

  test('lets CloudFormation’s role use each of them', () => {
    const actions = policies.at(-1)?.Statement.flatMap(({ Action }) => Action);

    expect(policies).toHaveLength(3);
    expect([...services.values()].filter((service) => !actions?.includes(`${service}:*`))).toEqual([]);
  });

  test('names the roles that CDK’s own template makes', () => {
    const template = read('node_modules/aws-cdk/lib/api/bootstrap/bootstrap-template.yaml');
    const made = [...template.matchAll(/Fn::Sub: cdk-\$\{Qualifier\}-([a-z-]+-role)-\$\{AWS::AccountId\}/g)].map(
      ([, name]) => name,
    );

    expect(made).toHaveLength(5);
    for (const name of made) expect(page).toContain(`| \`cdk-hnb659fds-${name}-…\` |`);
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

/** As GitHub makes them of headings. */
const anchorsOf = (paper: string) =>
  [...read(paper).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );

test.each(papers)('%s links only to headings that there are', (paper) => {
  const links = [...read(paper).matchAll(/\]\((?!https?:)([^)#]*)#([^)]+)\)/g)].map(([, path = '', anchor = '']) => ({
    path: path === '' ? paper : join(dirname(paper), path),
    anchor,
  }));

  expect(links.filter(({ path, anchor }) => !anchorsOf(path).includes(anchor))).toEqual([]);
});
