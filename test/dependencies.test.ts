// package.json is honest: a checkout runs with its `dependencies`; only tests, checks, the bench and CDK need the
// others.
import { isBuiltin } from 'node:module';
import { expect, test } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { importsOf } from './imports.ts';
import { productFolders, readSourceFiles } from './source-files.ts';

/** Programs that people start, and those that they start in turn: functions as bundles, each in an own process. */
const programs = ['cli/main.ts', 'local/lambda/environment-main.ts', 'room/page/main.tsx'];
/** The Node that runs them all. */
const runtime = 'node';

const files = readSourceFiles(...productFolders);
const edges = Map.groupBy(
  files.flatMap(importsOf).filter(({ isTypeOnly }) => !isTypeOnly),
  ({ from }) => from,
);

function loadedBy(entries: readonly string[]): Set<string> {
  const loaded = new Set(entries);
  for (const path of loaded) for (const { to } of edges.get(path) ?? []) loaded.add(to);
  return loaded;
}

/** `aws-cdk-lib/aws-s3` is of `aws-cdk-lib`, `@aws-sdk/client-s3` of itself. */
const packageOf = (specifier: string) => specifier.match(/^(@[^/]+\/)?[^/]+/)?.[0] ?? specifier;

test('dependencies are the packages that a program of the checkout loads, and no others', () => {
  const handlers = files.map(({ path }) => path).filter((path) => /^functions\/[^/]+\/handler\.ts$/.test(path));
  const paths = new Set(files.map(({ path }) => path));
  expect(programs.filter((program) => !paths.has(program))).toEqual([]);

  const loaded = [...loadedBy([...programs, ...handlers])];
  const packages = loaded.filter((to) => !paths.has(to) && !isBuiltin(to) && !/\.json$/.test(to)).map(packageOf);

  expect(Object.keys(packageJson.dependencies).sort()).toEqual([...new Set([...packages, runtime])].sort());
});
