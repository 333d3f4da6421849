// At three in the morning every command of docs/runbook.md must be there, and find what it looks for.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createProgram } from '../cli/program.ts';
import { settings } from '../infra/config.ts';
import { synthesized } from './infra/synthesized.ts';
import { readSourceFiles } from './source-files.ts';

const runbook = readFileSync(join(import.meta.dirname, '../docs/runbook.md'), 'utf8');
const named = (pattern: RegExp) => [...new Set([...runbook.matchAll(pattern)].map(([, name = '']) => name))];

test('the runbook names only commands that there are', () => {
  const program = createProgram(
    async () => {},
    async () => {},
    { writeOut: () => {}, writeErr: () => {} },
  );
  const known = program.commands.map((command) => command.name());
  const commands = named(/npx trackkeeper ([\w-]+)/g);

  expect(commands.length).toBeGreaterThan(5);
  expect(commands.filter((name) => !known.includes(name))).toEqual([]);
});

test('the runbook names only settings that there are', () => {
  // Those of providers, and of the secret, are written alike.
  const others = ['callBackUrl', 'kieWebhookKey'];
  const keys = named(/(?:trackkeeper:|`)([a-z]+(?:[A-Z][a-z]+)+)/g).filter((key) => !others.includes(key));

  expect(keys.length).toBeGreaterThan(5);
  expect(keys.filter((key) => !Object.hasOwn(settings, key))).toEqual([]);
});

test('the runbook looks only for events and fields that the functions log', () => {
  const code = readSourceFiles('functions')
    .map(({ text }) => text)
    .join('\n');
  const events = named(/event = "([\w.]+)"/g);
  const fields = named(/\$\.(\w+) /g);

  expect(events.length).toBeGreaterThan(4);
  expect(events.filter((event) => !code.includes(`'${event}'`))).toEqual([]);
  expect(fields.filter((field) => !new RegExp(`\\b${field}\\b[,:]`).test(code) && field !== 'event')).toEqual([]);
});

test('the runbook finds the log of each function that it reads', () => {
  const all = synthesized({ 'trackkeeper:forwardTo': 'https://music.example.com/hooks' });
  const groups = Object.keys(all.findResources('AWS::Logs::LogGroup'));

  expect(named(/log_of (\w+)\)/g).filter((name) => !groups.some((id) => id.startsWith(`${name}Log`)))).toEqual([]);
});

test('every link within the runbook leads to one of its sections', () => {
  const anchors = named(/^## (.+)$/gm).map((heading) => heading.toLowerCase().replaceAll(' ', '-'));

  expect(named(/\]\(#([\w-]+)\)/g).filter((anchor) => !anchors.includes(anchor))).toEqual([]);
});
