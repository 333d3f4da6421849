import * as z from 'zod/mini';
import { UnavailableError } from '../domain/errors.ts';
import { eventSource } from '../domain/task-event.ts';
import type { EventBus } from '../ports.ts';
import { type AwsEnvironment, givenEndpoint, regionalEndpoint } from './aws/environment.ts';
import { createJsonCall } from './aws/json-call.ts';
import { createAwsSender } from './aws/sender.ts';

const limits = { connectMs: 2_000, idleMs: 5_000, totalMs: 5_000, answerBytes: 64 * 1024 };

const answer = z.object({
  FailedEntryCount: z.number(),
  Entries: z.array(z.object({ EventId: z.optional(z.string()), ErrorCode: z.optional(z.string()) })),
});

/** A bus of EventBridge, by its name. @throws UnavailableError wherever it does not do what it is asked */
export function createEventBus(name: string, environment: AwsEnvironment): EventBus {
  const call = createJsonCall(createAwsSender({ environment, limits, attempts: 3 }), {
    service: 'events',
    target: 'AWSEvents',
    version: '1.1',
    url: givenEndpoint('EVENTBRIDGE', environment) ?? regionalEndpoint('events', environment),
  });

  return {
    async put({ type, at, detail }) {
      const entry = {
        EventBusName: name,
        Source: eventSource,
        DetailType: type,
        Detail: JSON.stringify(detail, wellFormed),
        // Whole seconds since 1970 are what it keeps.
        Time: Math.floor(at.getTime() / 1000),
      };
      const said = answer.safeParse(await call('PutEvents', { Entries: [entry] }));
      const { FailedEntryCount, Entries: [taken] = [] } = said.data ?? {};
      if (FailedEntryCount === 0 && taken?.EventId) return;
      throw new UnavailableError(`PutEvents: ${taken?.ErrorCode ?? 'the answer does not confirm what was sent'}`);
    },
  };
}

/** Half a surrogate pair, out of a provider's id or words, is no JSON that others must take. */
function wellFormed(_: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value;
}
