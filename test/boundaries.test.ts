// Who may import whom: docs/architecture.md. A rule that never fires proves nothing, so each has a planted violation.
import { describe, expect, test } from 'vitest';
import { cyclesIn, type Import, importsOf } from './imports.ts';
import { productFolders, readSourceFiles, type SourceFile, syntaxNodesOf } from './source-files.ts';

type Rule = {
  name: string;
  reason: string;
  violations: (imports: readonly Import[]) => string[];
  /** Files that break this rule and no other. */
  planted: Record<string, string>;
};

const isDomain = (path: string) => path.startsWith('functions/domain/') || path === 'functions/ports.ts';
const isAdapter = (path: string) => path.startsWith('functions/adapters/');
const isHandler = (path: string) => /^functions\/[^/]+\/handler\.ts$/.test(path);
const isInfra = (path: string) => path.startsWith('infra/');
/** `infra/cli.ts` would be its program, beside the folder as `local/start.ts` is. The listening room is one of its commands. */
const isCommandLine = (path: string) => /^infra\/(cli|browse)(\/|\.ts$)/.test(path);
const isPage = (path: string) => path.startsWith('room/page/');
/** Data that the stack and the functions must agree on. */
const isAgreed = (path: string) => /^functions\/domain\/(metrics|task-event)\.ts$/.test(path);
const isTest = (path: string) => path.startsWith('test/');
const isPackage = (to: string) => !/^(functions|infra|test)\//.test(to);

/** `receiver`, `archiver`, …: whoever has a folder under functions/ that all functions do not share. */
const functionOf = (path: string) => /^functions\/(?!domain\/|adapters\/)([^/]+)\//.exec(path)?.[1];
const isStep = (path: string) => functionOf(path) !== undefined && !isHandler(path);

/** What only computes. Their modules have more to offer: sockets, random numbers, streams. */
const pureBuiltins: Record<string, string[]> = {
  'node:crypto': ['createHash', 'createHmac', 'timingSafeEqual'],
  'node:net': ['BlockList', 'isIP'],
  'node:zlib': ['crc32', 'gunzipSync', 'gzipSync'],
};

const isPure = ({ to, names }: Import) =>
  /^zod(\/mini)?$/.test(to) || (to in pureBuiltins && names.every((name) => pureBuiltins[to]?.includes(name)));
/** The shapes of Lambda's events, without any code. */
const isEventType = ({ to, isTypeOnly }: Import) => to === 'aws-lambda' && isTypeOnly;

const noneOf = (forbids: (edge: Import) => boolean) => (imports: readonly Import[]) =>
  imports.filter(forbids).map(({ from, to }) => `${from} imports ${to}`);

const rules: readonly Rule[] = [
  {
    name: 'domain-is-pure',
    reason: 'data and rules must run anywhere',
    violations: noneOf((edge) => isDomain(edge.from) && !isDomain(edge.to) && !isPure(edge)),
    planted: { 'functions/domain/record.ts': "import { randomUUID } from 'node:crypto';" },
  },
  {
    name: 'steps-know-no-vendor',
    reason: 'a step takes its world through ports; only handler.ts chooses',
    violations: noneOf(
      (edge) =>
        isStep(edge.from) &&
        (isAdapter(edge.to) || isHandler(edge.to) || (isPackage(edge.to) && !isPure(edge) && !isEventType(edge))),
    ),
    planted: { 'functions/archiver/plan.ts': "import type { S3Client } from '@aws-sdk/client-s3';" },
  },
  {
    name: 'functions-are-strangers',
    reason: 'they meet at the queue and in the domain',
    violations: noneOf(({ from, to }) => {
      const [one, other] = [functionOf(from), functionOf(to)];
      return one !== undefined && other !== undefined && one !== other;
    }),
    planted: { 'functions/archiver/plan.ts': "import { receive } from '../receiver/receive.ts';" },
  },
  {
    name: 'adapters-look-inward',
    reason: 'an adapter serves a port and knows no caller',
    violations: noneOf(({ from, to }) => isAdapter(from) && functionOf(to) !== undefined),
    planted: { 'functions/adapters/s3-bucket.ts': "import type { ArchiveDeps } from '../archiver/archive.ts';" },
  },
  {
    name: 'clients-live-in-adapters',
    reason: 'everybody else would be bound to one vendor and hard to test',
    violations: noneOf(
      ({ from, to, isTypeOnly }) => isHandler(from) && /^(@aws-sdk\/|undici|node:(?!process))/.test(to) && !isTypeOnly,
    ),
    planted: { 'functions/archiver/handler.ts': "import { S3Client } from '@aws-sdk/client-s3'; new S3Client();" },
  },
  {
    name: 'functions-know-no-infra',
    reason: 'a function bundles and tests without the CDK',
    violations: noneOf(
      ({ from, to }) => !isInfra(from) && !isTest(from) && (isInfra(to) || /^(aws-cdk-lib|constructs)(\/|$)/.test(to)),
    ),
    planted: { 'functions/archiver/handler.ts': "import type { Config } from '../../infra/config.ts';" },
  },
  {
    name: 'infra-sees-env-types-only',
    reason:
      "infra borrows the environment's type, the table of metrics and the names of events, and runs no function code",
    violations: noneOf(
      ({ from, to, isTypeOnly }) =>
        isInfra(from) &&
        !isCommandLine(from) &&
        to.startsWith('functions/') &&
        !isAgreed(to) &&
        !(isTypeOnly && /^functions\/[^/]+\/env\.ts$/.test(to)),
    ),
    planted: { 'infra/stack.ts': "import { archiverEnv } from '../functions/archiver/env.ts';" },
  },
  {
    name: 'the-command-line-knows-no-steps',
    reason: 'it asks by a message for what a function does, and borrows only the domain and its neighbours',
    violations: noneOf(
      ({ from, to }) => isCommandLine(from) && to.startsWith('functions/') && !isDomain(to) && !isAdapter(to),
    ),
    planted: { 'cli/replay.ts': "import { archive } from '../../functions/archiver/archive.ts';" },
  },
  {
    name: 'nobody-needs-the-command-line',
    reason: 'the stack and the local deployment work without it, and load none of it',
    violations: noneOf(({ from, to }) => isInfra(from) && !isCommandLine(from) && isCommandLine(to)),
    planted: { 'local/deployment.ts': "import type { Target } from '../cli/target.ts';" },
  },
  {
    name: 'the-page-knows-only-its-api',
    reason: 'it runs in a browser, and is told everything by the server of the listening room',
    violations: noneOf(
      ({ from, to, isTypeOnly }) => isPage(from) && !isPage(to) && !(isTypeOnly && to === 'room/page-api.ts'),
    ),
    planted: { 'room/page/main.ts': "import { search } from '../library/search.ts';" },
  },
  {
    name: 'product-knows-no-tests',
    reason: 'doubles stay in test/',
    violations: noneOf(({ from, to }) => !isTest(from) && (isTest(to) || /^(vitest|fast-check)(\/|$)/.test(to))),
    planted: { 'local/start.ts': "const { fixedClock } = await import('../../test/doubles/clock.ts');" },
  },
  {
    name: 'no-cycles',
    reason: 'data flows one way; so do imports',
    violations: (imports) => cyclesIn(imports).map((cycle) => `${cycle.join(' and ')} reach each other`),
    planted: {
      'functions/archiver/plan.ts': "import { claim } from './claim.ts';",
      'functions/archiver/claim.ts': "export * from './records.ts';",
      'functions/archiver/records.ts': "import type { Plan } from './plan.ts';",
    },
  },
];

const product = readSourceFiles(...productFolders, 'test');
const filesOf = (planted: Record<string, string>) => Object.entries(planted).map(([path, text]) => ({ path, text }));

describe('imports', () => {
  const imports = product.flatMap(importsOf);

  test('the rules see the whole tree', () => {
    const seen = imports.map(({ from, to }) => `${from} ${to}`);

    expect(seen).toContain('functions/archiver/handler.ts functions/archiver/process-message.ts');
    expect(seen).toContain('functions/archiver/archive.ts functions/ports.ts');
    expect(seen).toContain('infra/archiver.ts functions/archiver/env.ts');
    expect(seen).toContain('local/start.ts local/deployment.ts');
  });

  test.each(rules)('$name: $reason', ({ violations }) => {
    expect(violations(imports)).toEqual([]);
  });

  test.each(rules)('$name is the one rule that its planted violation breaks', ({ name, planted }) => {
    const plantedImports = filesOf(planted).flatMap(importsOf);

    const broken = rules.filter(({ violations }) => violations(plantedImports).length > 0);

    expect(broken.map((rule) => rule.name)).toEqual([name]);
  });

  test.each([
    ["import { a } from './b.ts';", { isTypeOnly: false, names: ['a'] }],
    ["import type { a } from './b.ts';", { isTypeOnly: true, names: ['a'] }],
    ["import { type a } from './b.ts';", { isTypeOnly: false, names: ['a'] }],
    ["import a from './b.ts';", { isTypeOnly: false, names: ['default'] }],
    ["import * as a from './b.ts';", { isTypeOnly: false, names: ['*'] }],
    ["import './b.ts';", { isTypeOnly: false, names: [] }],
    ["export { a as c } from './b.ts';", { isTypeOnly: false, names: ['a'] }],
    ["export type { a } from './b.ts';", { isTypeOnly: true, names: ['a'] }],
    ["export * from './b.ts';", { isTypeOnly: false, names: ['*'] }],
    ["type A = import('./b.ts').A;", { isTypeOnly: true, names: ['*'] }],
    ["const later = () => import('./b.ts');", { isTypeOnly: false, names: ['*'] }],
  ])('an import is found however it is written: %s', (text, expected) => {
    expect(importsOf({ path: 'x/a.ts', text })).toEqual([{ from: 'x/a.ts', to: 'x/b.ts', ...expected }]);
  });

  test('what only looks like an import is none', () => {
    const text =
      "// import { a } from './b.ts'\nexport const help = `import './b.ts'`;\nexport type { A };\ntype A = 1;";

    expect(importsOf({ path: 'x/a.ts', text })).toEqual([]);
  });
});

describe('the environment', () => {
  const naming = ({ path, text }: SourceFile) =>
    syntaxNodesOf({ path, text }).some(({ type, name }) => type === 'Identifier' && name === 'process') ||
    importsOf({ path, text }).some(({ to }) => /^(node:)?process$/.test(to));

  const readers = (files: readonly SourceFile[]) =>
    files.filter((file) => file.path.startsWith('functions/') && !isHandler(file.path) && naming(file));

  test('of the functions only handler.ts sees the process and its environment', () => {
    expect(readers(product).map(({ path }) => path)).toEqual([]);
  });

  test.each(['const id = process.env.ID;', 'const { env } = globalThis.process;', "import { env } from 'process';"])(
    'a step that reads it is found: %s',
    (text) => {
      const files = filesOf({ 'functions/archiver/handler.ts': text, 'functions/archiver/plan.ts': text });

      expect(readers(files).map(({ path }) => path)).toEqual(['functions/archiver/plan.ts']);
    },
  );
});
