import { formatBytes, plainText } from '../../client/terminal.ts';

export type ListedPath = { path: string; bytes: number };

type Folder = { bytes: number; folders: Map<string, Folder>; files: Map<string, number> };

const emptyFolder = (): Folder => ({ bytes: 0, folders: new Map(), files: new Map() });

function folderOf(files: readonly ListedPath[]): Folder {
  const root = emptyFolder();
  for (const { path, bytes } of files) {
    const names = path.split('/');
    const fileName = names.pop() ?? '';
    let folder = root;
    folder.bytes += bytes;
    for (const name of names) {
      const next = folder.folders.get(name) ?? emptyFolder();
      folder.folders.set(name, next);
      folder = next;
      folder.bytes += bytes;
    }
    folder.files.set(fileName, bytes);
  }
  return root;
}

const sizeColumns = 8;
const byName = ([one]: [string, unknown], [other]: [string, unknown]) => (one < other ? -1 : 1);

/** Sizes are on the left, where names of any script and width cannot misalign them. */
export function treeLines(name: string, files: readonly ListedPath[]): string[] {
  const line = (bytes: number, text: string) => `${formatBytes(bytes).padStart(sizeColumns)}  ${text}`;

  function below({ folders, files: own }: Folder, indent: string): string[] {
    const entries = [
      ...[...folders].sort(byName).map(([label, folder]) => ({ label: `${plainText(label)}/`, folder })),
      ...[...own].sort(byName).map(([label, bytes]) => ({ label: plainText(label), bytes })),
    ];
    return entries.flatMap((entry, index) => {
      const isLast = index === entries.length - 1;
      const branch = `${indent}${isLast ? '└─ ' : '├─ '}${entry.label}`;
      if ('bytes' in entry) return [line(entry.bytes, branch)];
      return [line(entry.folder.bytes, branch), ...below(entry.folder, `${indent}${isLast ? '   ' : '│  '}`)];
    });
  }

  const root = folderOf(files);
  return [line(root.bytes, `${name}/`), ...below(root, '')];
}
