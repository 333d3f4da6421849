// The lines that the demo prints while it runs, one per event. These functions only format.

import * as z from 'zod';
import type { Paint } from '../../client/terminal.ts';
import { formatBytes, formatSeconds, plainText, progressBar } from '../../client/terminal.ts';
import type { Delivery } from './post-callback.ts';
import type { ProviderRequest } from './provider.ts';

export type ScreenMoment = { atMs: number; paint: Paint };
export type MovingTransfer = { kind: string; title: string; sentBytes: number; totalBytes: number };

const shortId = (taskId: string) => plainText(taskId).slice(0, 8);

function eventLine({ atMs, paint }: ScreenMoment, label: string, what: string, aside = ''): string {
  const at = paint('dim', formatSeconds(atMs).padStart(7));
  return `${at}  ${paint('bold', label.padEnd(8))}  ${what}${aside === '' ? '' : paint('dim', `  ${aside}`)}`;
}

export function titleLines(paint: Paint): string[] {
  return ['', `  ${paint('bold', 'Trackkeeper')}  the callBackUrl that keeps your music`, ''];
}

export function placeLines(paint: Paint, places: { callBackUrl: string; providerUrl: string }): string[] {
  return [
    `  callBackUrl  ${paint('cyan', places.callBackUrl)}`,
    `  provider     ${places.providerUrl} ${paint('dim', '(a stand-in for sunoapi.org with media of its own)')}`,
    '',
  ];
}

export function askedLine({ what, taskId }: ProviderRequest, moment: ScreenMoment): string {
  return eventLine(moment, 'asked', `the provider for ${what}`, `task ${shortId(taskId)}`);
}

export function announcedLine(taskId: string, moment: ScreenMoment): string {
  return eventLine(
    moment,
    'expected',
    'announced, so that it is tracked without a callback',
    `task ${shortId(taskId)}`,
  );
}

export function retriedLine(taskId: string, moment: ScreenMoment): string {
  return eventLine(moment, 'retry', 'wanted now, not in a quarter of an hour', `task ${shortId(taskId)}`);
}

export function deliveryLine({ stage, taskId, tries, isRepeat }: Delivery, moment: ScreenMoment): string {
  const { paint } = moment;
  const answers = tries.map(({ status, ms, error }) => {
    const style = status === 200 ? 'green' : 'red';
    return `${paint(style, String(status ?? plainText(error ?? 'no answer')))} in ${Math.round(ms)} ms`;
  });
  return eventLine(
    moment,
    'callback',
    `${stage.padEnd(8)}  ${answers.join(', ')}`,
    `task ${shortId(taskId)}${isRepeat ? ', sent once more' : ''}`,
  );
}

const logged = z.discriminatedUnion('event', [
  z.object({ event: z.literal('transfer.ended'), outcome: z.literal('stored'), key: z.string(), bytes: z.number() }),
  z.object({ event: z.literal('task'), status: z.enum(['archived', 'failed']), taskId: z.string() }),
  z.object({ event: z.literal('provider.asked'), outcome: z.string(), taskId: z.string() }),
]);

const trouble = z.object({
  event: z.string(),
  level: z.enum(['warn', 'error']),
  outcome: z.string().optional(),
  detail: z.string().optional(),
  reason: z.string().optional(),
});

/** Formats a line of the functions' log, if it is worth showing. */
export function demoLogLine(line: Record<string, unknown>, moment: ScreenMoment): string | undefined {
  const known = logged.safeParse(line);
  if (known.success && known.data.event === 'transfer.ended') {
    const { key, bytes } = known.data;
    const name = plainText(key.slice(key.lastIndexOf('/') + 1), 70);
    return eventLine(moment, 'kept', `${formatBytes(bytes).padEnd(8)}  ${name}`);
  }
  if (known.success && known.data.event === 'task') {
    const { status, taskId } = known.data;
    const style = status === 'archived' ? 'green' : 'red';
    return eventLine(moment, 'closed', moment.paint(style, status.padEnd(8)), `task ${shortId(taskId)}`);
  }
  if (known.success && known.data.event === 'provider.asked') {
    const { outcome, taskId } = known.data;
    return eventLine(
      moment,
      'asked',
      'the provider what became of it',
      `task ${shortId(taskId)}, ${plainText(outcome)}`,
    );
  }
  const warned = trouble.safeParse(line);
  if (!warned.success) return undefined;
  const { event, outcome, detail, reason } = warned.data;
  const words = [event, outcome, detail ?? reason].filter((word) => word !== undefined).join(': ');
  return eventLine(moment, 'trouble', moment.paint('red', plainText(words)));
}

/** The columns that a transfer's line needs beside its progress bar. */
const columnsBesideBar = 64;
const mostBarColumns = 28;

export function transferLine(
  { kind, title, sentBytes, totalBytes }: MovingTransfer,
  { paint, columns }: { paint: Paint; columns: number },
): string {
  const barColumns = Math.max(1, Math.min(mostBarColumns, columns - columnsBesideBar));
  const percent = `${Math.floor((100 * sentBytes) / Math.max(totalBytes, 1))} %`.padStart(5);
  const bar = paint('cyan', progressBar(sentBytes, totalBytes, barColumns));
  const what = `${plainText(kind, 6).padEnd(6)} ${plainText(title, 20)}`;
  return `${' '.repeat(9)}${'fetching'.padEnd(10)}${formatBytes(totalBytes).padEnd(8)}  ${bar}${percent}  ${what}`;
}
