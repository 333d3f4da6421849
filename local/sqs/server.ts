// SQS for the local deployment and the tests: standard queues over AWS's JSON protocol, stored in one file.

import { type JsonFault, type JsonService, type LocalServer, startAwsJson } from '../aws-json.ts';
import { messageOperations } from './message-operations.ts';
import { moveOperations } from './move-task.ts';
import { showInFlight } from './queue.ts';
import { maxMessageBytes } from './queue-attributes.ts';
import { queueOperations } from './queue-operations.ts';
import { openSqsStore } from './state.ts';

export type SqsOptions = {
  /** The journal: created if missing, otherwise continued. Only one server may use it at a time. */
  readonly file: string;
  readonly port?: number;
  /** Decides visibility, delays and retention; only the wait of a long poll is real time. */
  readonly now?: () => number;
  readonly fault?: JsonFault;
  /** Makes messages in flight visible again at the start: the processes that received them are gone. */
  readonly forgetInFlight?: boolean;
};

export async function startSqs({
  file,
  port,
  now = Date.now,
  fault,
  forgetInFlight = false,
}: SqsOptions): Promise<LocalServer> {
  const store = openSqsStore(file);
  if (forgetInFlight) store.commit([...store.queues.values()].flatMap((queue) => showInFlight(queue, now())));
  const service: JsonService = {
    target: 'AmazonSQS',
    namespace: 'com.amazonaws.sqs',
    version: '1.0',
    // Room for a batch of ten entries, each of which is too long: SQS's own rule must reject it, not this cap.
    maxBodyBytes: 16 * maxMessageBytes,
    operations: { ...queueOperations(store, now), ...messageOperations(store, now), ...moveOperations(store, now) },
  };
  const server = await startAwsJson(service, { port, fault });

  return {
    url: server.url,
    async close() {
      await server.close();
      store.close();
    },
  };
}
