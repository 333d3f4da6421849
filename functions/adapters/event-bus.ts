// A bus of EventBridge, on which the owner's programs listen.
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { UnavailableError } from '../domain/errors.ts';
import { eventSource } from '../domain/task-event.ts';
import type { EventBus } from '../ports.ts';
import { type AwsEnvironment, createCallAws, createEventBridgeClient } from './aws/clients.ts';

/** Three attempts without a response. */
const callMs = 16_000;

/** `name`: of the bus. @throws UnavailableError if EventBridge is down or refuses */
export function createEventBus(name: string, environment: AwsEnvironment): EventBus {
  const callEvents = createCallAws(createEventBridgeClient(environment), callMs);

  return {
    async put({ type, at, detail }) {
      const entry = {
        EventBusName: name,
        Source: eventSource,
        DetailType: type,
        Detail: JSON.stringify(detail, wellFormed),
        // EventBridge stores whole seconds.
        Time: new Date(Math.floor(at.getTime() / 1000) * 1000),
      };
      const command = new PutEventsCommand({ Entries: [entry] });
      const sent = await callEvents('PutEvents', (client, options) => client.send(command, options));
      const { FailedEntryCount, Entries: [result] = [] } = sent;
      if (FailedEntryCount === 0 && result?.EventId) return;
      throw new UnavailableError(`PutEvents: ${result?.ErrorCode ?? 'the response does not confirm the entry'}`);
    },
  };
}

/** Half a surrogate pair, from a provider's id or title, is not valid JSON for every reader. */
function wellFormed(_: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value;
}
