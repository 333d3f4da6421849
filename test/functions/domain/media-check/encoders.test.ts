// Files of many encoders, made during the test if there is an ffmpeg: a valid file is not refused.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { type Batch, batches } from './encodings.ts';
import { type MediaFile, readMediaFiles, verdictOver } from './media-files.ts';

const { status, stdout: encoders } = spawnSync('ffmpeg', ['-hide_banner', '-encoders'], { encoding: 'utf8' });
const hasFfmpeg = status === 0;
/** Not every ffmpeg was built with all of them. */
const isAvailable = (options: string) =>
  [...options.matchAll(/-c:[av] (\S+)/g)].every(([, encoder]) => encoders.includes(` ${encoder} `));
const reason = hasFfmpeg ? '' : ' (skipped: there is no ffmpeg on the PATH)';
const folder = mkdtempSync(join(tmpdir(), 'trackkeeper-media-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** All files of a batch, by one process. */
function make(name: string, { input, seconds, encodings }: Batch): MediaFile[] {
  const out = join(folder, name);
  const outputs = encodings.flatMap(([file, options]) => [...options.split(' '), '-t', `${seconds}`, join(out, file)]);
  const common = ['-nostdin', '-v', 'error', ...input.split(' ')];
  mkdirSync(out);
  const { status, stderr } = spawnSync('ffmpeg', [...common, ...outputs], { encoding: 'utf8', timeout: 60_000 });
  if (status !== 0) throw new Error(`ffmpeg made no ${name}: ${stderr}`);
  return readMediaFiles(pathToFileURL(`${out}/`));
}

test.skipIf(!hasFfmpeg).each(Object.entries(batches))(`no %s of ffmpeg's are refused${reason}`, (name, batch) => {
  const encodings = batch.encodings.filter(([, options]) => isAvailable(options));

  const files = make(name, { ...batch, encodings });

  const verdicts = files.map(({ name, extension, bytes }) => ({ name, ...verdictOver(extension, bytes) }));
  expect(verdicts.filter(({ state }) => state !== 'whole')).toEqual([]);
  expect(files).toHaveLength(encodings.length);
});

test('they are many', () => {
  const counts = Object.values(batches).map(({ encodings }) => encodings.length);

  expect(counts.reduce((sum, count) => sum + count)).toBeGreaterThanOrEqual(60);
});
