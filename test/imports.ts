// Who imports whom: every import of a file, type-only ones included, and the cycles that they form.
import { posix } from 'node:path';
import { isSyntaxNode, type SourceFile, type SyntaxNode, syntaxNodesOf } from './source-files.ts';

export type Import = {
  from: string;
  /** A path from the project's root for a file of ours, else the specifier: `zod`, `node:net`. */
  to: string;
  /** Nothing is left of it at run time. Not so `import { type A }`: Node still loads the module. */
  isTypeOnly: boolean;
  /** What is taken by name; `*` stands for everything, also for `import()`. */
  names: string[];
};

const importingTypes = [
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
  'TSExternalModuleReference',
];

export function importsOf(file: SourceFile): Import[] {
  return syntaxNodesOf(file)
    .filter(({ type, source, expression }) => importingTypes.includes(type) && isSyntaxNode(source ?? expression))
    .map((node) => ({
      from: file.path,
      to: targetOf(file.path, node),
      isTypeOnly: [node.importKind, node.exportKind].includes('type') || node.type === 'TSImportType',
      names: namesIn(node),
    }));
}

/** A specifier that is put together at run time becomes `(computed)`, which no rule takes for a file of ours. */
function targetOf(path: string, { source, expression }: SyntaxNode): string {
  const literal = source ?? expression;
  const specifier = isSyntaxNode(literal) && typeof literal.value === 'string' ? literal.value : '(computed)';
  return specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : specifier;
}

function namesIn({ specifiers }: SyntaxNode): string[] {
  return Array.isArray(specifiers) ? specifiers.filter(isSyntaxNode).map(nameOf) : ['*'];
}

function nameOf({ type, imported, local }: SyntaxNode): string {
  if (type === 'ImportNamespaceSpecifier') return '*';
  if (type === 'ImportDefaultSpecifier') return 'default';
  const name = imported ?? local;
  return isSyntaxNode(name) ? String(name.name ?? name.value) : '*';
}

/** Groups of files that reach each other by their imports. */
export function cyclesIn(imports: readonly Import[]): string[][] {
  const targets = new Map<string, string[]>();
  for (const { from, to } of imports) targets.set(from, [...(targets.get(from) ?? []), to]);

  const reach = new Map([...targets.keys()].map((start) => [start, reachableFrom(start, targets)]));
  const groups = [...reach]
    .filter(([file, reached]) => reached.has(file))
    .map(([file, reached]) => [...reached].filter((other) => reach.get(other)?.has(file)).sort());
  return [...new Map(groups.map((group) => [group.join(), group])).values()];
}

function reachableFrom(start: string, targets: ReadonlyMap<string, string[]>): Set<string> {
  const reached = new Set<string>();
  const open = [...(targets.get(start) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    open.push(...(targets.get(next) ?? []));
  }
  return reached;
}
