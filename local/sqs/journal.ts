// The journal preserves the server's state over a restart: one line of JSON per request that changed something, with
// all its changes, so that a request is either complete or absent. Not guaranteed: when a request is answered, its
// line has been handed to the operating system but maybe not written to the disk yet, so it survives the end of the
// process, not a power failure.

import {
  appendFileSync,
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Change } from './state.ts';

export type Journal = {
  append(changes: readonly Change[]): void;
  close(): void;
};

/**
 * Returns the changes of all requests so far. A last line without its end was being written when the process ended:
 * its request was never answered, so it is skipped.
 */
export function readJournal(file: string): Change[] {
  if (!existsSync(file)) return [];
  // Deliberately not node:readline, which also ends a line at U+2028; a lyric may hold one, and JSON leaves it as it is.
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.flatMap((line, index) => parseLine(line, `${file}:${index + 1}`));
}

/** Replaces the journal by one that starts with these changes, and opens it for more. */
export function openJournal(file: string, start: readonly Change[]): Journal {
  mkdirSync(dirname(file), { recursive: true });
  // Written to a second file and renamed: a crash in between leaves one complete journal.
  const next = `${file}.next`;
  writeFileSync(next, start.map((change) => toLine([change])).join(''), { flush: true });
  renameSync(next, file);
  const descriptor = openSync(file, 'a');

  return {
    append(changes) {
      const { size } = fstatSync(descriptor);
      try {
        appendFileSync(descriptor, toLine(changes));
      } catch (error) {
        // A full disk can leave half a line, to which the next one would be appended.
        ftruncateSync(descriptor, size);
        throw error;
      }
    },
    close: () => closeSync(descriptor),
  };
}

const toLine = (changes: readonly Change[]) => `${JSON.stringify(changes)}\n`;

function parseLine(line: string, place: string): Change[] {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new Error(`${place} is not a line of JSON. Remove that line, or the file to start with empty queues.`, {
      cause,
    });
  }
}
