import { expect, test } from 'vitest';
import { type LogEntry, logEntryOf, logLine } from '../../local/log-line.ts';

const line = (entry: LogEntry) => logLine(entry, new Date('2026-11-20T12:00:00Z'));

test.for<[string, LogEntry, string]>([
  [
    'a transfer that ended',
    {
      time: '2026-11-20T10:11:12.345Z',
      level: 'info',
      event: 'transfer.ended',
      key: 'library/a.mp3',
      taskId: 't1',
      bytes: 4_212_000,
      ms: 812.4,
      outcome: 'stored',
      kind: 'audio',
    },
    '10:11:12  transfer.ended      stored  audio  task t1  library/a.mp3  4.2 MB  812 ms',
  ],
  [
    'progress',
    { event: 'transfer.progress', bytes: 8_388_608, ofBytes: 20_000_000 },
    '12:00:00  transfer.progress   8.4 MB  of 20.0 MB',
  ],
  ['a warning', { level: 'warn', event: 'task', code: 451 }, '12:00:00  ! task              451'],
  [
    'an error',
    { level: 'error', event: 'task', detail: 'gone', ms: 61_000 },
    '12:00:00  !! task             61.0 s  (gone)',
  ],
  [
    'a field that it does not know',
    { event: 'x', connections: 4, open: { a: 1 } },
    '12:00:00  x                   connections=4  open={"a":1}',
  ],
  ['empty fields', { event: 'x', code: null, detail: '', trackId: undefined }, '12:00:00  x'],
  ['an entry without any field', {}, '12:00:00  log'],
])('shows %s as one readable line', ([, entry, expected]) => {
  expect(line(entry)).toBe(expected);
});

test.for([
  ['a colour', '\u001b[31mred\u001b[0m'],
  ['a line end', 'a\nb\r\nc'],
  ['a direction mark', 'a\u202egpj.exe'],
  ['a line separator', 'a\u2028b'],
  ['a C1 control', 'a\u009b31mb'],
  ['half a character', 'a\ud83c'],
] as const)('lets %s of a hostile title through in no field', ([, title]) => {
  const shown = line({ event: title, key: title, [title]: title, detail: { title } });

  expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
});

test('cuts a value that is longer than anyone reads', () => {
  expect(line({ event: 'x', key: '🎵'.repeat(5_000) }).length).toBeLessThan(350);
});

test.for<[string, 'stdout' | 'stderr', LogEntry]>([
  ['{"event":"task","taskId":"t"}', 'stdout', { event: 'task', taskId: 't' }],
  ['plain words', 'stdout', { level: 'info', event: 'archiver', message: 'plain words' }],
  ['[1]', 'stdout', { level: 'info', event: 'archiver', message: '[1]' }],
  [
    '{"event":"tasks.open","count":2,"_aws":{"CloudWatchMetrics":[{"Metrics":[{"Name":"OpenTasks"}]}]},"service":"s","OpenTasks":2}',
    'stdout',
    { event: 'tasks.open', count: 2 },
  ],
  ['{"_aws":"no figures","service":"s"}', 'stdout', { _aws: 'no figures', service: 's' }],
  ['null', 'stdout', { level: 'info', event: 'archiver', message: 'null' }],
  ['Error: no', 'stderr', { level: 'error', event: 'archiver', message: 'Error: no' }],
])('takes the output line %s on %s for what it is', ([text, output, expected]) => {
  expect(logEntryOf('archiver', text, output)).toEqual(expected);
});
