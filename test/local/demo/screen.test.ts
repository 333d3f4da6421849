import { describe, expect, it } from 'vitest';
import { unpainted } from '../../../client/terminal.ts';
import {
  announcedLine,
  askedLine,
  deliveryLine,
  demoLogLine,
  retriedLine,
  transferLine,
} from '../../../local/demo/screen.ts';

const moment = { atMs: 1234, paint: unpainted };
const taskId = '2fac5d0e6b7c4f1e9a3d8c2b1a0f9f72';
const delivery = {
  callBackUrl: 'http://127.0.0.1/callbacks/token',
  taskId,
  stage: 'first',
  body: Buffer.from('{}'),
  isRepeat: false,
} as const;

describe('askedLine', () => {
  it('says what the provider was asked for, and when', () => {
    expect(askedLine({ what: 'a song', taskId, song: null }, moment)).toBe(
      '  1.2 s  asked     the provider for a song  task 2fac5d0e',
    );
  });
});

describe('what the owner does', () => {
  it('is shown in line with what the provider does', () => {
    expect(announcedLine(taskId, moment)).toBe(
      '  1.2 s  expected  announced, so that it is tracked without a callback  task 2fac5d0e',
    );
    expect(retriedLine(taskId, moment)).toBe(
      '  1.2 s  retry     wanted now, not in a quarter of an hour  task 2fac5d0e',
    );
  });
});

describe('deliveryLine', () => {
  it('shows the stage and how quickly it was answered', () => {
    const line = deliveryLine({ ...delivery, tries: [{ status: 200, ms: 12.4, error: null }] }, moment);

    expect(line).toBe('  1.2 s  callback  first     200 in 12 ms  task 2fac5d0e');
  });

  it('shows every try and that a callback is a repeat', () => {
    const tries = [
      { status: null, ms: 3, error: 'fetch failed\n' },
      { status: 200, ms: 5, error: null },
    ];

    expect(deliveryLine({ ...delivery, tries, isRepeat: true }, moment)).toBe(
      '  1.2 s  callback  first     fetch failed in 3 ms, 200 in 5 ms  task 2fac5d0e, sent once more',
    );
  });
});

describe('logLine', () => {
  it.each([
    [
      'a stored file by its name and size',
      { event: 'transfer.ended', outcome: 'stored', key: 'library/2026-11/f/Song_1.mp3', bytes: 81851 },
      '  1.2 s  kept      82 kB     Song_1.mp3',
    ],
    ['a closed task', { event: 'task', taskId, status: 'archived' }, '  1.2 s  closed    archived  task 2fac5d0e'],
    [
      'a failed task as closed too',
      { event: 'task', level: 'warn', taskId, status: 'failed', outcome: 'input_unreachable' },
      '  1.2 s  closed    failed    task 2fac5d0e',
    ],
    [
      'that the provider was asked, and whether it answered',
      { event: 'provider.asked', level: 'info', taskId, outcome: 'answered' },
      '  1.2 s  asked     the provider what became of it  task 2fac5d0e, answered',
    ],
    [
      'a transfer that went wrong, with the reason',
      { event: 'transfer.ended', level: 'warn', outcome: 'not_media', detail: 'an HTML page' },
      '  1.2 s  trouble   transfer.ended: not_media: an HTML page',
    ],
    [
      'no control characters of a log line',
      { event: 'archiver.failed', level: 'error', detail: 'a\u001b[2Jb\nc' },
      '  1.2 s  trouble   archiver.failed: a[2Jbc',
    ],
  ])('shows %s', (_case, line, shown) => {
    expect(demoLogLine(line, moment)).toBe(shown);
  });

  it.each([
    ['a task that is still at work', { event: 'task', taskId, status: 'archiving' }],
    ['a callback that was kept', { event: 'callback.kept', level: 'info', taskId }],
    ['a line of another shape', { message: 'hello' }],
  ])('says nothing of %s', (_case, line) => {
    expect(demoLogLine(line, moment)).toBeUndefined();
  });
});

describe('transferLine', () => {
  const transfer = { kind: 'audio', title: 'Paper Lanterns', sentBytes: 41_000, totalBytes: 82_000 };

  it('shows how far a transfer is', () => {
    expect(transferLine(transfer, { paint: unpainted, columns: 100 })).toBe(
      '         fetching  82 kB     ██████████████░░░░░░░░░░░░░░ 50 %  audio  Paper Lanterns',
    );
  });

  it.each([72, 80, 100, 200])('stays within %i columns, whatever the title', (columns) => {
    const line = transferLine(
      { ...transfer, title: 'a'.repeat(5000), totalBytes: 999_000_000 },
      { paint: unpainted, columns },
    );

    expect(line.length).toBeLessThan(columns);
  });
});
