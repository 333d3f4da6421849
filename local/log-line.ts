// Formats the functions' JSON logs for people. Titles and URLs are hostile, so no value may move the cursor, change a
// colour or imitate another line.

import { stripVTControlCharacters } from 'node:util';
import * as z from 'zod';
import { type JsonObject, jsonObjectIn } from './aws-json.ts';

export type LogEntry = JsonObject;
export type OnLog = (entry: LogEntry) => void;

type Style = (value: unknown) => string;

/** Enough for a key; longer values are not useful in a terminal. */
const maxValueLength = 300;

const plain: Style = (value) => {
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  const visible = stripVTControlCharacters(text).replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ');
  return visible.length > maxValueLength ? `${visible.slice(0, maxValueLength).toWellFormed()}…` : visible;
};

/** `requestId` connects the lines of one invocation in CloudWatch; in a terminal it is noise. */
const omitted = ['time', 'level', 'event', 'requestId'];

/** Fields shown without their name, in the order of a sentence; all others follow as `name=value`. */
const known: Record<string, Style> = {
  outcome: plain,
  status: plain,
  code: plain,
  kind: plain,
  taskId: (value) => `task ${plain(value)}`,
  trackId: (value) => `track ${plain(value)}`,
  key: plain,
  bytes: (value) => bytesForPeople(value),
  ofBytes: (value) => `of ${bytesForPeople(value)}`,
  ms: (value) => durationForPeople(value),
  message: plain,
  reason: (value) => `(${plain(value)})`,
  detail: (value) => `(${plain(value)})`,
};

const marks: Record<string, string> = { warn: '! ', error: '!! ' };

export function logLine(entry: LogEntry, now: Date): string {
  const { time, level, event = 'log' } = entry;
  const at = new Date(String(time));
  const clock = (Number.isNaN(at.getTime()) ? now : at).toISOString().slice(11, 19);
  const head = `${marks[String(level)] ?? ''}${plain(event)}`.padEnd(18);

  const given = Object.keys(entry).filter((name) => !omitted.includes(name) && !isEmpty(entry[name]));
  const first = Object.entries(known).filter(([name]) => given.includes(name));
  const others = given.filter((name) => !Object.hasOwn(known, name));
  return [
    clock,
    head,
    ...first.map(([name, style]) => style(entry[name])),
    ...others.map((name) => `${plain(name)}=${plain(entry[name])}`),
  ]
    .join('  ')
    .trimEnd();
}

const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === '';

/** Converts a function's output to a log entry: JSON log lines without their metrics, any other output as text. */
export function logEntryOf(functionName: string, line: string, output: 'stdout' | 'stderr'): LogEntry {
  const level = output === 'stderr' ? 'error' : 'info';
  const entry = output === 'stdout' ? jsonObjectIn(line) : undefined;
  return entry === undefined ? { level, event: functionName, message: line } : withoutFigures(entry);
}

/** Removes the metrics (EMF) from a line: they repeat its fields. */
function withoutFigures(entry: LogEntry): LogEntry {
  const { data: figures } = embeddedMetrics.safeParse(entry._aws);
  if (figures === undefined) return entry;
  const names = figures.CloudWatchMetrics.flatMap(({ Metrics }) => Metrics.map(({ Name }) => Name));
  const theirs = ['_aws', 'service', ...names];
  return Object.fromEntries(Object.entries(entry).filter(([name]) => !theirs.includes(name)));
}

const embeddedMetrics = z.object({
  CloudWatchMetrics: z.array(z.object({ Metrics: z.array(z.object({ Name: z.string() })) })),
});

export const messageIn = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function durationForPeople(ms: unknown): string {
  if (typeof ms !== 'number') return plain(ms);
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function bytesForPeople(bytes: unknown): string {
  if (typeof bytes !== 'number') return plain(bytes);
  const unit = bytes < 1000 ? 0 : Math.min(3, Math.floor(Math.log10(bytes) / 3));
  const amount = bytes / 1000 ** unit;
  return `${unit === 0 ? amount : amount.toFixed(1)} ${['B', 'kB', 'MB', 'GB'][unit]}`;
}
