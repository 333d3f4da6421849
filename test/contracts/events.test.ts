// What the local EventBridge promises: one call, each event a line of a file, and a listener in place of rules.
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import * as z from 'zod';
import { type EventEnvelope, type EventsOptions, startEvents } from '../../local/events.ts';
import { temporaryFolder } from '../local/lambda/bundle-of.ts';

const answered = z.object({
  FailedEntryCount: z.number().optional(),
  Entries: z.array(z.object({ EventId: z.string().optional(), ErrorCode: z.string().optional() })).default([]),
  __type: z.string().optional(),
});

async function openEvents(options: Partial<EventsOptions> = {}) {
  const file = join(await temporaryFolder(), 'events.jsonl');
  const server = await startEvents({ file, ...options });
  onTestFinished(server.close);
  async function put(...Entries: unknown[]) {
    const headers = { 'x-amz-target': 'AWSEvents.PutEvents', 'content-type': 'application/x-amz-json-1.1' };
    const response = await fetch(server.url, { method: 'POST', headers, body: JSON.stringify({ Entries }) });
    return { status: response.status, answer: answered.parse(await response.json()) };
  }
  const lines = async (name = file) => (await readFile(name, 'utf8')).split('\n').slice(0, -1);
  return { put, lines, file };
}

const entry = (more: object = {}) => ({
  Source: 'trackkeeper',
  DetailType: 'TaskArchived',
  Detail: '{"n":1}',
  ...more,
});

test('an event is a line of the file, in the form in which a rule’s target gets it, and the listener hears of it', async () => {
  const heard: EventEnvelope[] = [];
  const { put, lines } = await openEvents({ onEvent: (event) => void heard.push(event) });

  const { answer } = await put(entry({ EventBusName: 'default', Time: 1795197851 }));

  const event = {
    ...{ version: '0', id: expect.any(String), 'detail-type': 'TaskArchived', source: 'trackkeeper' },
    ...{ account: '000000000000', time: '2026-11-20T18:04:11Z', region: 'us-east-1', resources: [], detail: { n: 1 } },
  };
  expect((await lines()).map((line) => JSON.parse(line))).toEqual([event]);
  expect(heard).toEqual([event]);
  expect(answer).toEqual({ FailedEntryCount: 0, Entries: [{ EventId: heard[0]?.id }] });
});

test('the file is for its owner only, also the one that it becomes', async () => {
  const { put, file } = await openEvents({ rotateBytes: 10 });

  await put(entry());
  await put(entry());

  for (const name of [file, `${file}.1`]) expect((await stat(name)).mode & 0o777).toBe(0o600);
});

test('of several events each is judged by itself', async () => {
  const { put, lines } = await openEvents();

  const { status, answer } = await put(
    entry(),
    entry({ Detail: '[1]' }),
    entry({ Detail: '{' }),
    entry({ EventBusName: 'other' }),
    entry({ Source: 7 }),
    entry({ Detail: JSON.stringify({ filler: 'x'.repeat(256 * 1024) }) }),
    null,
  );

  expect(status).toBe(200);
  const { FailedEntryCount, Entries } = answer;
  expect(FailedEntryCount).toBe(6);
  expect(Entries.map(({ ErrorCode }) => ErrorCode)).toEqual([
    undefined,
    'MalformedDetail',
    'MalformedDetail',
    'ResourceNotFoundException',
    ...['InvalidArgument', 'InvalidArgument', 'InvalidArgument'],
  ]);
  expect(await lines()).toHaveLength(1);
});

test.each([0, 11])('%i events in one request are refused', async (count) => {
  const { put } = await openEvents();

  const { status, answer } = await put(...Array.from({ length: count }, () => entry()));

  expect([status, answer.__type]).toEqual([400, 'com.amazonaws.events#ValidationException']);
});

test('P7: the file is bounded: the older events are in a second one, and the oldest are gone', async () => {
  const { put, lines, file } = await openEvents({ rotateBytes: 1_000 });

  for (let n = 1; n <= 20; n++) await put(entry({ Detail: JSON.stringify({ n }) }));

  const numbers = async (name: string) => (await lines(name)).map((line) => JSON.parse(line).detail.n);
  const kept = [...(await numbers(`${file}.1`)), ...(await numbers(file))];
  expect(kept.at(-1)).toBe(20);
  expect(kept).toEqual(Array.from({ length: kept.length }, (_, index) => 21 - kept.length + index));
  expect(kept.length).toBeGreaterThanOrEqual(4);
  expect(kept.length).toBeLessThan(10);
});
