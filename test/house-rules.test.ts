// What CONTRIBUTING asks of product code, as far as a machine can tell.
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import {
  isSyntaxNode,
  productFolders,
  readSourceFiles,
  type SourceFile,
  type SyntaxNode,
  syntaxNodesOf,
} from './source-files.ts';

const product = readSourceFiles(...productFolders);

const linesOf = ({ text }: SourceFile) => text.trimEnd().split('\n').length;
const sizes = product.map(linesOf).sort((one, other) => one - other);
/** The size that this share of the files does not exceed. */
const quantile = (share: number) => sizes[Math.ceil(share * sizes.length) - 1];

test('files are small enough to be read in one go', () => {
  const long = product.filter((file) => linesOf(file) > 250).map(({ path }) => path);

  expect(long).toEqual([]);
  expect(quantile(0.5)).toBeLessThanOrEqual(60);
  expect(quantile(0.9)).toBeLessThanOrEqual(150);
});

test('a handler fits on one screen', () => {
  const handlers = product.filter(({ path }) => basename(path) === 'handler.ts');

  expect(handlers.length).toBeGreaterThanOrEqual(2);
  expect(handlers.filter((file) => linesOf(file) > 60).map(({ path }) => path)).toEqual([]);
});

/** The compiler believes a cast; a schema or a guard looks first. */
function castsIn(file: SourceFile): string[] {
  return syntaxNodesOf(file)
    .filter(({ type }) => ['TSAsExpression', 'TSTypeAssertion', 'TSNonNullExpression'].includes(type))
    .filter((cast) => !isConst(cast))
    .map(({ start, end }) => file.text.slice(Number(start), Number(end)));
}

function isConst({ typeAnnotation }: SyntaxNode): boolean {
  const name = isSyntaxNode(typeAnnotation) ? typeAnnotation.typeName : undefined;
  return isSyntaxNode(name) && name.name === 'const';
}

test('nothing is cast to a type that nobody checked', () => {
  const casts = product.flatMap((file) => castsIn(file).map((cast) => `${file.path}: ${cast}`));

  expect(casts).toEqual([]);
});

test('casts are told from words that look like them', () => {
  const text = [
    "import * as z from 'zod'; import { a as b } from './a.ts'; export { b as c };",
    "const kept = ['a'] as const; const said = 'x as string'; // y as string",
    'const cast = kept as unknown; const old = <string>cast; const sure = old!;',
    'const both = (kept as readonly string[]).length;',
  ];

  expect(castsIn({ path: 'a.ts', text: text.join('\n') })).toEqual([
    'kept as unknown',
    '<string>cast',
    'old!',
    'kept as readonly string[]',
  ]);
});

test('no work is left to a comment', () => {
  const left = product.filter(({ text }) => /\b(TODO|FIXME|XXX|HACK)\b/.test(text)).map(({ path }) => path);

  expect(left).toEqual([]);
});

test('files are named for their main export, not for a drawer', () => {
  const drawers = /^(index|utils?|helpers?|common|shared|types|constants|misc)\.ts$/;
  const isWellNamed = (name: string) => /^[a-z0-9]+(-[a-z0-9]+)*\.ts$/.test(name) && !drawers.test(name);

  expect(product.map(({ path }) => path).filter((path) => !isWellNamed(basename(path)))).toEqual([]);
});

test('exports have names', () => {
  const unnamed = product.filter((file) =>
    syntaxNodesOf(file).some(({ type }) => ['ExportDefaultDeclaration', 'TSExportAssignment'].includes(type)),
  );

  expect(unnamed.map(({ path }) => path)).toEqual([]);
});
