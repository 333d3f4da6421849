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

/** `functions/` as three kinds of code; the other folders of the product are rooms of their own. */
const isDomain = (path: string) => path.startsWith('functions/domain/') || path === 'functions/ports.ts';
const isAdapter = (path: string) => path.startsWith('functions/adapters/');
const isHandler = (path: string) => /^functions\/[^/]+\/handler\.ts$/.test(path);
/** `receiver`, `archiver`, …: the function that a file belongs to alone. */
const functionOf = (path: string) => /^functions\/(?!domain\/|adapters\/)([^/]+)\//.exec(path)?.[1];
const isStep = (path: string) => functionOf(path) !== undefined && !isHandler(path);
const isPage = (path: string) => path.startsWith('room/page/');
/** The library that draws the page. */
const isPageLibrary = (to: string) => /^(preact|@preact\/signals)(\/|$)/.test(to);
const isTest = (path: string) => path.startsWith('test/');
/** Data that the stack and the functions must agree on. */
const isAgreed = (path: string) => /^functions\/domain\/(metrics|task-event)\.ts$/.test(path);

/** The rooms of the product, and those that each may import. */
const rooms: Record<string, readonly string[]> = {
  functions: [],
  infra: ['functions'],
  client: ['infra', 'functions'],
  room: ['client', 'infra', 'functions'],
  local: ['client', 'infra', 'functions'],
  cli: ['room', 'local', 'client', 'infra', 'functions'],
};
const roomOf = (path: string) => Object.keys(rooms).find((room) => path.startsWith(`${room}/`));
const isPackage = (to: string) => roomOf(to) === undefined && !isTest(to);

/** Built-in functions that only compute. Their modules also offer sockets, random numbers and streams. */
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

/** Imports between the entries of each folder: its files, and its subfolders as wholes. */
function importsByFolder(imports: readonly Import[]): Map<string, Import[]> {
  const levels = new Map<string, Import[]>();
  for (const edge of imports) {
    const [from, to] = [edge.from.split('/'), edge.to.split('/')];
    const depth = from.findIndex((name, index) => name !== to[index]);
    if (roomOf(edge.from) === undefined || roomOf(edge.to) === undefined || depth === -1) continue;
    const entries = { from: from.slice(0, depth + 1).join('/'), to: to.slice(0, depth + 1).join('/') };
    const folder = from.slice(0, depth).join('/');
    levels.set(folder, [...(levels.get(folder) ?? []), { ...edge, ...entries }]);
  }
  return levels;
}

const rules: readonly Rule[] = [
  {
    name: 'domain-is-pure',
    reason: 'data and rules must run anywhere',
    violations: noneOf((edge) => isDomain(edge.from) && !isDomain(edge.to) && !isPure(edge)),
    planted: { 'functions/domain/record.ts': "import { randomUUID } from 'node:crypto';" },
  },
  {
    name: 'steps-know-no-vendor',
    reason: 'a step uses the outside world through ports; only handler.ts chooses adapters',
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
    reason: 'an adapter implements a port and knows no caller',
    violations: noneOf(({ from, to }) => isAdapter(from) && functionOf(to) !== undefined),
    planted: { 'functions/adapters/s3-bucket.ts': "import type { ArchiveDeps } from '../archiver/archive.ts';" },
  },
  {
    name: 'clients-live-in-adapters',
    reason: 'a handler with clients of its own would be bound to one vendor and hard to test',
    violations: noneOf(
      ({ from, to, isTypeOnly }) => isHandler(from) && /^(@aws-sdk\/|undici|node:(?!process))/.test(to) && !isTypeOnly,
    ),
    planted: { 'functions/archiver/handler.ts': "import { S3Client } from '@aws-sdk/client-s3'; new S3Client();" },
  },
  {
    name: 'rooms-are-in-order',
    reason: 'cli imports room, local, client and infra; room and local import client and infra; all import functions',
    violations: noneOf(({ from, to }) => {
      const [one, other] = [roomOf(from), roomOf(to)];
      return one !== undefined && other !== undefined && one !== other && !rooms[one]?.includes(other);
    }),
    planted: { 'local/deployment.ts': "import { openRoom } from '../room/open-room.ts';" },
  },
  {
    name: 'only-infra-knows-the-cdk',
    reason: 'everything else runs and is tested without it',
    violations: noneOf(
      ({ from, to }) => !from.startsWith('infra/') && !isTest(from) && /^(aws-cdk-lib|constructs)(\/|$)/.test(to),
    ),
    planted: { 'functions/archiver/handler.ts': "import type { Stack } from 'aws-cdk-lib';" },
  },
  {
    name: 'infra-sees-env-types-only',
    reason:
      'infra uses the types of environments, the table of metrics and the names of events, and runs no function code',
    violations: noneOf(
      ({ from, to, isTypeOnly }) =>
        from.startsWith('infra/') &&
        to.startsWith('functions/') &&
        !isAgreed(to) &&
        !(isTypeOnly && /^functions\/[^/]+\/env\.ts$/.test(to)),
    ),
    planted: { 'infra/stack.ts': "import { archiverEnv } from '../functions/archiver/env.ts';" },
  },
  {
    name: 'only-the-queue-runs-steps',
    reason:
      'cli, client, room and local ask the functions by messages; they use the domain, adapters and environment types',
    violations: noneOf(
      ({ from, to, isTypeOnly }) =>
        /^(cli|client|room|local)\//.test(from) &&
        functionOf(to) !== undefined &&
        !(isTypeOnly && /^functions\/[^/]+\/env\.ts$/.test(to)),
    ),
    planted: { 'cli/replay.ts': "import { archive } from '../functions/archiver/archive.ts';" },
  },
  {
    name: 'the-page-knows-only-its-api',
    reason: 'it runs in a browser and gets all data from the server of the listening room',
    violations: noneOf(
      ({ from, to, isTypeOnly }) =>
        isPage(from) && !isPage(to) && !isPageLibrary(to) && !(isTypeOnly && to === 'room/page-api.ts'),
    ),
    planted: { 'room/page/main.tsx': "import { listedTasks } from '../library/listed-tasks.ts';" },
  },
  {
    name: 'product-knows-no-tests',
    reason: 'doubles stay in test/',
    violations: noneOf(({ from, to }) => !isTest(from) && (isTest(to) || /^(vitest|fast-check)(\/|$)/.test(to))),
    planted: { 'local/start.ts': "const { fixedClock } = await import('../test/doubles/clock.ts');" },
  },
  {
    name: 'no-circle-between-folders',
    reason: 'data flows one way; so do imports, also between folders as wholes',
    violations: (imports) =>
      [...importsByFolder(imports).values()].flatMap((edges) =>
        cyclesIn(edges)
          .filter((cycle) => cycle.some((entry) => !entry.endsWith('.ts') && !entry.endsWith('.tsx')))
          .map((cycle) => `${cycle.join(' and ')} import each other`),
      ),
    planted: {
      'functions/archiver/plan.ts': "import { createTransfer } from './transfer/transfer.ts';",
      'functions/archiver/transfer/context.ts': "import { assetTitleOf } from '../plan.ts';",
    },
  },
  {
    name: 'no-cycles',
    reason: 'data flows one way; so do imports',
    violations: (imports) => cyclesIn(imports).map((cycle) => `${cycle.join(' and ')} reach each other`),
    planted: {
      'functions/archiver/plan.ts': "import { archive } from './archive.ts';",
      'functions/archiver/archive.ts': "export * from './records.ts';",
      'functions/archiver/records.ts': "import type { Plan } from './plan.ts';",
    },
  },
];

const product = readSourceFiles(...productFolders, 'test');
const filesOf = (planted: Record<string, string>) => Object.entries(planted).map(([path, text]) => ({ path, text }));

describe('imports', () => {
  const imports = product.flatMap(importsOf);

  test('the rules are applied to the whole tree', () => {
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
