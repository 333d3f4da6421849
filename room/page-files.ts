// The files of the page. They are bundled when the command starts, so there is no build step.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { RoomResponse } from './guard.ts';

const folder = join(import.meta.dirname, 'page');

/** By path. */
export type PageFiles = ReadonlyMap<string, RoomResponse>;

export async function readPageFiles(): Promise<PageFiles> {
  const read = (name: string) => readFile(join(folder, name));
  const [html, style, icon, script] = await Promise.all([
    read('index.html'),
    read('style.css'),
    read('icon.svg'),
    bundlePage(),
  ]);
  return new Map([
    ['/', fileAnswer('text/html; charset=utf-8', html)],
    ['/style.css', fileAnswer('text/css; charset=utf-8', style)],
    ['/main.js', fileAnswer('text/javascript; charset=utf-8', script)],
    ['/icon.svg', fileAnswer('image/svg+xml', icon)],
  ]);
}

async function bundlePage(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [join(folder, 'main.tsx')],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    minify: true,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    logLevel: 'silent',
  });
  const [script] = outputFiles;
  if (script === undefined) throw new Error('The bundler returned no script for the page.');
  return script.contents;
}

function fileAnswer(contentType: string, body: Uint8Array): RoomResponse {
  return { status: 200, headers: { 'content-type': contentType }, body };
}
