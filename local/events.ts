// EventBridge for the local deployment: appends each event to a file that people can read, and passes it to a
// listener that takes the place of a rule.

import { randomUUID } from 'node:crypto';
import { appendFileSync, renameSync, statSync } from 'node:fs';
import {
  AwsError,
  isJsonObject,
  type JsonCall,
  type JsonFault,
  jsonObjectIn,
  type LocalServer,
  startAwsJson,
} from './aws-json.ts';

/** What a rule's target receives, in EventBridge's format. */
export type EventEnvelope = {
  version: '0';
  id: string;
  'detail-type': string;
  source: string;
  account: string;
  time: string;
  region: string;
  resources: string[];
  detail: unknown;
};

export type EventsOptions = {
  /** One event per line. */
  file: string;
  /** At this size the file is renamed to `<file>.1`, replacing the earlier one. */
  rotateBytes?: number;
  /** PutEvents responds after it has settled. */
  onEvent?: (event: EventEnvelope) => Promise<void> | void;
  fault?: JsonFault;
};

/** EventBridge's limit. */
const maxEntries = 10;
const maxEntryBytes = 256 * 1024;

export function startEvents(options: EventsOptions): Promise<LocalServer> {
  const { file, rotateBytes = 10 * 1024 * 1024, onEvent = () => {}, fault } = options;

  async function putEvents({ input: { Entries: entries } }: JsonCall) {
    if (!Array.isArray(entries) || entries.length === 0 || entries.length > maxEntries) {
      throw new AwsError('ValidationException', `Entries must be 1 to ${maxEntries} of them.`);
    }
    const receive = async (entry: unknown) => {
      const event = readEntry(entry);
      if ('ErrorCode' in event) return event;
      keep(file, `${JSON.stringify(event)}\n`, rotateBytes);
      await onEvent(event);
      return { EventId: event.id };
    };
    const results = await Promise.all(entries.map(receive));
    return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
  }

  return startAwsJson(
    {
      target: 'AWSEvents',
      namespace: 'com.amazonaws.events',
      version: '1.1',
      maxBodyBytes: maxEntries * maxEntryBytes,
      operations: { PutEvents: putEvents },
    },
    { fault },
  );
}

type Refusal = { ErrorCode: string; ErrorMessage: string };
const refused = (ErrorCode: string, ErrorMessage: string): Refusal => ({ ErrorCode, ErrorMessage });

function readEntry(entry: unknown): EventEnvelope | Refusal {
  const {
    EventBusName: bus = 'default',
    Source: source,
    DetailType: type,
    Detail: detail,
    Time: time,
  } = isJsonObject(entry) ? entry : {};
  if (bus !== 'default') return refused('ResourceNotFoundException', 'There is only the bus default.');
  if (typeof source !== 'string' || typeof type !== 'string' || typeof detail !== 'string') {
    return refused('InvalidArgument', 'Source, DetailType and Detail must be texts.');
  }
  if (Buffer.byteLength(source + type + detail) > maxEntryBytes) {
    return refused('InvalidArgument', `An entry may have ${maxEntryBytes} bytes.`);
  }
  const parsed = jsonObjectIn(detail);
  if (parsed === undefined) return refused('MalformedDetail', 'Detail must be one JSON object.');
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': type,
    source,
    account: '000000000000',
    // Without milliseconds, as EventBridge writes it.
    time: new Date(typeof time === 'number' ? time * 1000 : Date.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
    region: 'us-east-1',
    resources: [],
    detail: parsed,
  };
}

/** A line is complete or absent, unless the disk is full. */
function keep(file: string, line: string, rotateBytes: number): void {
  const bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (bytes > 0 && bytes + Buffer.byteLength(line) > rotateBytes) renameSync(file, `${file}.1`);
  // Readable only by its owner: events contain labels and titles.
  appendFileSync(file, line, { mode: 0o600 });
}
