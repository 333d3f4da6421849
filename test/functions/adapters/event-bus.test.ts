// The bus's adapter against an EventBridge that misbehaves, and against the local one.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createEventBus } from '../../../functions/adapters/event-bus.ts';
import { UnavailableError } from '../../../functions/domain/errors.ts';
import type { TaskEvent } from '../../../functions/domain/task-event.ts';
import type { JsonFault } from '../../../local/aws-json.ts';
import { startEvents } from '../../../local/events.ts';
import { type Behaviour, cut, reply, reset, startAwsServer } from '../../doubles/aws-server.ts';
import { checkSignature } from '../../doubles/check-signature.ts';
import { temporaryFolder } from '../../local/lambda/bundle-of.ts';

const account = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' };
const event: TaskEvent = {
  type: 'TaskFailed',
  at: new Date('2026-11-20T18:04:11.937Z'),
  detail: {
    ...{ schemaVersion: 1, id: 'i', stack: 'Trackkeeper', bucket: 'music', record: 'tasks/ü.json', taskId: 'ü' },
    ...{ provider: 'kie.ai', kind: 'music', missing: [], labels: { title: '"quoted" 🎵\n' } },
    failure: { code: 400, outcome: 'rejected', msg: 'half a note: \ud83c', advice: 'other words' },
    ...{ deadline: '2026-12-04T18:04:11.137Z', hoursLeft: null, assets: [], omittedAssets: 0 },
  },
};
const taken = JSON.stringify({ FailedEntryCount: 0, Entries: [{ EventId: '1' }] });

async function busThat(...behaviours: Behaviour[]) {
  const server = await startAwsServer({ behaviours });
  onTestFinished(server.close);
  return { server, bus: createEventBus('music', { ...account, AWS_ENDPOINT_URL_EVENTBRIDGE: server.origin }) };
}

async function localBus(fault?: JsonFault) {
  const file = join(await temporaryFolder(), 'events.jsonl');
  const local = await startEvents({ file, fault });
  onTestFinished(local.close);
  const bus = createEventBus('default', { ...account, AWS_ENDPOINT_URL_EVENTBRIDGE: local.url });
  const lines = async () => (await readFile(file, 'utf8')).trimEnd().split('\n');
  return { bus, events: async () => (await lines()).map((line) => JSON.parse(line)) };
}

test('an event is one signed request, to the bus, in our name, at its time', async () => {
  const { server, bus } = await busThat(reply(200, taken));

  await bus.put(event);

  const [request, ...others] = server.requests;
  expect(others).toEqual([]);
  expect(request).toMatchObject({
    ...{ method: 'POST', path: '/' },
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AWSEvents.PutEvents' },
  });
  expect(request && checkSignature(request, 'any')).toMatchObject({ service: 'events', region: 'eu-central-1' });
  const { Entries } = JSON.parse(String(request?.body));
  expect(Entries).toMatchObject([
    { EventBusName: 'music', Source: 'trackkeeper', DetailType: 'TaskFailed', Time: 1795197851 },
  ]);
  expect(Object.keys(Entries[0])).toHaveLength(5);
});

test('its detail arrives as it was, but for half a character, which JSON should not hold', async () => {
  const { bus, events } = await localBus();

  await bus.put(event);

  expect(await events()).toMatchObject([
    {
      ...{ 'detail-type': 'TaskFailed', source: 'trackkeeper', time: '2026-11-20T18:04:11Z' },
      detail: { ...event.detail, failure: { ...event.detail.failure, msg: 'half a note: \ufffd' } },
    },
  ]);
});

test('a failure that passes is no failure: twice is better than never', async () => {
  const faults: ReturnType<JsonFault>[] = [{ status: 500, code: 'InternalFailure' }, 'cut'];
  const { bus, events } = await localBus(() => faults.shift());

  await bus.put(event);

  expect(await events()).toHaveLength(2);
});

test.each<[string, Behaviour]>([
  ['that confirms nothing', reply(200, '{}')],
  ['without an id', reply(200, '{"FailedEntryCount":0,"Entries":[{}]}')],
  ['that has an id, and says that it failed', reply(200, '{"FailedEntryCount":1,"Entries":[{"EventId":"1"}]}')],
  ['of no entry', reply(200, '{"FailedEntryCount":0,"Entries":[]}')],
  ['that is no JSON', reply(200, '<html>welcome</html>')],
  ['that is a refusal', reply(400, '{"__type":"AccessDeniedException","Message":"no"}')],
  ['that is cut each time', cut],
  ['that never comes', reset],
])('an answer %s is no acknowledgement: the bus is unavailable', async (_, behaviour) => {
  const { bus } = await busThat(behaviour);

  await expect(bus.put(event)).rejects.toThrow(UnavailableError);
});

test('an event that the bus refused is reported with its reason', async () => {
  const failed = { FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalException', ErrorMessage: 'x' }] };
  const { bus } = await busThat(reply(200, JSON.stringify(failed)));

  await expect(bus.put(event)).rejects.toThrow('PutEvents: InternalException');
});
