// What CONTRIBUTING asks of product code, as far as a machine can tell.
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { importsOf } from './imports.ts';
import {
  isSyntaxNode,
  productFolders,
  readSourceFiles,
  type SourceFile,
  type SyntaxNode,
  syntaxNodesOf,
} from './source-files.ts';

const product = readSourceFiles(...productFolders);
const tests = readSourceFiles('test', 'bench');

const linesOf = ({ text }: SourceFile) => text.trimEnd().split('\n').length;
const pathsOf = (files: readonly SourceFile[]) => files.map(({ path }) => path);

const importersOf = new Map<string, Set<string>>();
for (const { from, to } of product.flatMap(importsOf)) {
  importersOf.set(to, (importersOf.get(to) ?? new Set()).add(from));
}

test('no file is too long to be read in one go', () => {
  expect(pathsOf(product.filter((file) => linesOf(file) > 300))).toEqual([]);
});

test('no file is so small that its only importer should contain it', () => {
  const isTiny = (file: SourceFile) => linesOf(file) < 20 && importersOf.get(file.path)?.size === 1;

  expect(pathsOf(product.filter(isTiny))).toEqual([]);
});

test('no folder has a single entry', () => {
  const entries = new Map<string, Set<string>>();
  for (const { path } of product) {
    const names = path.split('/');
    for (let depth = 1; depth < names.length; depth++) {
      const folder = names.slice(0, depth).join('/');
      entries.set(folder, (entries.get(folder) ?? new Set()).add(names[depth] ?? ''));
    }
  }

  expect([...entries].filter(([, names]) => names.size === 1).map(([folder]) => folder)).toEqual([]);
});

test('a handler fits on one screen', () => {
  const handlers = product.filter(({ path }) => basename(path) === 'handler.ts');

  expect(handlers.length).toBeGreaterThanOrEqual(4);
  expect(pathsOf(handlers.filter((file) => linesOf(file) > 80))).toEqual([]);
});

/** The names that a file exports, types included. */
function exportsOf(file: SourceFile): string[] {
  return syntaxNodesOf(file)
    .filter(({ type, source }) => type === 'ExportNamedDeclaration' && !isSyntaxNode(source))
    .flatMap(({ declaration }) => (isSyntaxNode(declaration) ? namesIn(declaration) : []));
}

function namesIn({ id, declarations }: SyntaxNode): string[] {
  const declared = Array.isArray(declarations) ? declarations.filter(isSyntaxNode).map((one) => one.id) : [id];
  return declared.flatMap((name) => (isSyntaxNode(name) && typeof name.name === 'string' ? [name.name] : []));
}

/** AWS calls the function of this name in every function. */
const mayRepeat = new Set(['handler']);

function repeatedExports(files: readonly SourceFile[]): string[] {
  const places = new Map<string, string[]>();
  for (const file of files) {
    for (const name of exportsOf(file)) places.set(name, [...(places.get(name) ?? []), file.path]);
  }
  return [...places]
    .filter(([name, paths]) => paths.length > 1 && !mayRepeat.has(name))
    .map(([name, paths]) => `${name}: ${paths.join(', ')}`);
}

test('an exported name has one meaning', () => {
  expect(repeatedExports(product)).toEqual([]);
});

test('exported names that repeat are found, whatever they name', () => {
  const files = [
    { path: 'a.ts', text: 'export type Asset = 1; export function read() {} export const limit = 1; type Local = 1;' },
    { path: 'b.ts', text: 'export type Asset = 2; export class read {} const limit = 2; type Local = 2;' },
  ];

  expect(repeatedExports(files)).toEqual(['Asset: a.ts, b.ts', 'read: a.ts, b.ts']);
});

const everything = [...product, ...readSourceFiles('test', 'bench')];

test('comments end within 120 columns', () => {
  const long = everything.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => {
      const isComment = /^\s*(\/\/|\/?\*)/.test(line) && !/https?:\/\/|biome-ignore/.test(line);
      return isComment && line.length > 120 ? [`${path}:${index + 1}`] : [];
    }),
  );

  expect(long).toEqual([]);
});

/** Words of a private dialect that plain English replaced: CONTRIBUTING.md. */
const dialect = /\b(whoever|somebody|anew|is told|told of|goes on|went on|mend(s|ed)?|patience|last word)\b/i;

test('comments use the words of the field', () => {
  const found = [...product, ...tests].flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => {
      const [, comment = ''] = /(?:^\s*\*|\/\*\*?|(?<![:'"`])\/\/)(.*)/.exec(line) ?? [];
      return dialect.test(comment) ? [`${path}:${index + 1}: ${comment.trim()}`] : [];
    }),
  );

  expect(found).toEqual([]);
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

test('casts are distinguished from text that looks like them', () => {
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
  const isWellNamed = (name: string) => /^[a-z0-9]+(-[a-z0-9]+)*\.tsx?$/.test(name) && !drawers.test(name);

  expect(product.map(({ path }) => path).filter((path) => !isWellNamed(basename(path)))).toEqual([]);
});

test('exports have names', () => {
  const unnamed = product.filter((file) =>
    syntaxNodesOf(file).some(({ type }) => ['ExportDefaultDeclaration', 'TSExportAssignment'].includes(type)),
  );

  expect(unnamed.map(({ path }) => path)).toEqual([]);
});
