// Holds README and docs to the code: commands, settings, metrics, verdicts, paths and links.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { createProgram } from '../cli/program.ts';
import { verdicts } from '../functions/domain/errors.ts';
import { measures } from '../functions/domain/metrics.ts';
import { settings } from '../infra/config.ts';
import { synthesized, variants } from './infra/synthesized.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const pages = [...globSync('*.md', { cwd: root }), ...globSync('docs/**/*.md', { cwd: root })];

/** The cells of the table whose first heading is this one. */
function tableOf(page: string, heading: string): string[][] {
  const [, rows = ''] = read(page).split(new RegExp(`^\\| ${heading} \\|[^\\n]*\\n\\|[-:| ]+\\n`, 'm'));
  const [table = ''] = rows.split('\n\n');
  return table
    .trim()
    .split('\n')
    .map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}
const codesIn = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

describe('the settings of the README', () => {
  const rows = tableOf('README.md', 'key');

  test('are those of the stack', () => {
    expect(rows.flatMap(([keys]) => codesIn(keys)).sort()).toEqual(Object.keys(settings).sort());
  });

  test.each(Object.entries(settings))('have the default of the stack: %s', (key, setting) => {
    const [keys, defaults = ''] = rows.find(([keys]) => codesIn(keys).includes(key)) ?? [];
    const { data } = z.object({ value: setting }).safeParse({});

    const said = defaults.replaceAll('`', '').split(', ')[codesIn(keys).indexOf(key)];
    if (data?.value !== undefined) expect(said).toBe(String(data.value));
  });
});

const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(read('package.json')));

test.each(pages)('%s names only npm scripts that exist', (page) => {
  const named = [...read(page).matchAll(/`?npm (?:run (?:--silent )?([a-z][\w:-]*)|(start|test)\b)/g)];

  expect(named.map(([, run, short = '']) => run ?? short).filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
});

const program = createProgram(
  async () => {},
  async () => {},
  { writeOut: () => {}, writeErr: () => {} },
);
const commandNames = program.commands.map((command) => command.name());

test.each(pages)('%s names only commands that exist', (page) => {
  const named = [...read(page).matchAll(/npx trackkeeper ([a-z][\w-]*)/g)].map(([, name = '']) => name);

  expect(named.filter((name) => !commandNames.includes(name))).toEqual([]);
});

describe('the page on the command line', () => {
  const page = read('docs/command-line.md');
  const flags = (from: typeof program) => from.options.map(({ flags }) => flags);

  test.each(program.commands.map((command) => [command.name(), command] as const))(
    'has a section on %s, with an example and every option',
    (name, command) => {
      const [section = ''] = page.split(`\n## ${name}\n`)[1]?.split('\n## ') ?? [];

      expect(section).toContain(`npx trackkeeper ${name}`);
      for (const option of flags(command)) expect(section).toContain(`\`${option}\``);
    },
  );

  test('names only options that exist', () => {
    const known = new Set([program, ...program.commands].flatMap((command) => command.options.map(({ long }) => long)));
    const options = [...page.matchAll(/--[a-z][a-z-]*/g)].map(([option]) => option);

    expect(options.filter((option) => !known.has(option) && option !== '--help')).toEqual([]);
    for (const option of flags(program)) expect(page).toContain(`\`${option.split(' ')[0]}`);
  });
});

describe('the page on the architecture', () => {
  test('lists each metric with the log event that it counts', () => {
    const rows = tableOf('docs/architecture.md', 'metric').map(([name, , , event]) => [
      ...codesIn(name),
      ...codesIn(event),
    ]);
    const metrics = Object.entries(measures).flatMap(([event, { metrics }]) =>
      Object.keys(metrics).map((name) => [name, event]),
    );

    expect(rows).toEqual(metrics);
  });

  test('lists the verdict on each failure of a transfer', () => {
    const rows = tableOf('docs/architecture.md', 'code').flatMap(([codes, , verdict]) =>
      codesIn(codes).map((code) => [code, ...codesIn(verdict)]),
    );

    expect(Object.fromEntries(rows)).toEqual(verdicts);
  });

  test('explains each verdict', () => {
    const explained = tableOf('docs/architecture.md', 'verdict').flatMap(([names]) => codesIn(names));

    expect(explained.sort()).toEqual([...new Set(Object.values(verdicts))].sort());
  });
});

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

test.each(pages)('%s links only to files that exist', (page) => {
  const links = [...read(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)(?:#[^)]*)?\)/g)].map(
    ([, path = '']) => path,
  );

  expect(links.filter((path) => !existsSync(join(root, dirname(page), path)))).toEqual([]);
});

// A decision may name a folder that was rejected.
const isRejected = (page: string, path: string) => page.startsWith('docs/decisions/') && path.endsWith('/');

test.each(pages)('%s names only files and folders that exist', (page) => {
  const paths =
    /`((?:functions|infra|client|cli|room|local|bench|test|docs)\/[\w./-]*?(?:\.(?:ts|mjs|sh|json|md)|\/))`/g;
  const named = [...read(page).matchAll(paths)].map(([, path = '']) => path);

  expect(named.filter((path) => !existsSync(join(root, path)) && !isRejected(page, path))).toEqual([]);
});

/** The anchors that GitHub makes of headings. */
const anchorsOf = (page: string) =>
  [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );

test.each(pages)('%s links only to headings that exist', (page) => {
  const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]*)#([^)]+)\)/g)].map(([, path = '', anchor = '']) => ({
    path: path === '' ? page : join(dirname(page), path),
    anchor,
  }));

  expect(links.filter(({ path, anchor }) => !anchorsOf(path).includes(anchor))).toEqual([]);
});
