// The project's own source as data: files, and what a real parser sees in them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
// TypeScript 7 has no stable API to parse with; this is the parser that vitest itself reads TypeScript with.
import { parseAst } from 'vitest/node';

/** `path` is relative to the project's root, with `/`. */
export type SourceFile = { path: string; text: string };

export type SyntaxNode = { type: string; [field: string]: unknown };

/** The folders of the product, as `docs/architecture.md` lists them. */
export const productFolders = ['functions', 'infra', 'client', 'cli', 'room', 'local'];

const root = join(import.meta.dirname, '..');

export function readSourceFiles(...folders: string[]): SourceFile[] {
  return folders
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map(inFolder(folder)))
    .filter((path) => /\.tsx?$/.test(path))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

const inFolder = (folder: string) => (path: string) => `${folder}/${path.replaceAll('\\', '/')}`;

/** Every node of the file's syntax tree, types included. */
export function syntaxNodesOf({ path, text }: SourceFile): SyntaxNode[] {
  return [...nodesBelow(parseAst(text, { lang: path.endsWith('.tsx') ? 'tsx' : 'ts' }, path))];
}

function* nodesBelow(value: unknown): Generator<SyntaxNode> {
  if (isSyntaxNode(value)) yield value;
  if (typeof value === 'object' && value !== null) for (const child of Object.values(value)) yield* nodesBelow(child);
}

export function isSyntaxNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
