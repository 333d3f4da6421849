// The operations of S3, EventBridge and SQS that the bench's transfers need. Responses are those
// of AWS, but nothing large is kept, and checksums are compared only if the sink verifies.
import { hash } from 'node:crypto';
import * as z from 'zod';
import { type Answer, type Call, failure } from './sink-answers.ts';
import { get, head, put } from './sink-objects.ts';
import type { SinkStore } from './sink-store.ts';
import { abortUpload, completeUpload, listParts, putPart, startUpload } from './sink-uploads.ts';

type Operation = { is: (method: string, call: Call) => boolean; answer: (call: Call, store: SinkStore) => Answer };

const operations: readonly Operation[] = [
  { is: (_, { headers }) => headers['x-amz-target'] === 'AWSEvents.PutEvents', answer: takeEvent },
  { is: (_, { headers }) => headers['x-amz-target'] === 'AmazonSQS.SendMessage', answer: takeMessage },
  { is: (method, { key }) => key === '' && method === 'HEAD', answer: () => ({}) },
  { is: (method, { query }) => method === 'POST' && query.has('uploads'), answer: startUpload },
  { is: (method, { query }) => method === 'POST' && query.has('uploadId'), answer: completeUpload },
  { is: (method, { query }) => method === 'PUT' && query.has('uploadId'), answer: putPart },
  { is: (method, { query }) => method === 'DELETE' && query.has('uploadId'), answer: abortUpload },
  { is: (method, { query }) => method === 'GET' && query.has('uploadId'), answer: listParts },
  { is: (method, { key, headers }) => method === 'PUT' && key !== '' && !headers['x-amz-copy-source'], answer: put },
  { is: (method, { key }) => method === 'HEAD' && key !== '', answer: head },
  { is: (method, { key, query }) => method === 'GET' && key !== '' && !query.has('uploadId'), answer: get },
];

function takeEvent(): Answer {
  return { body: JSON.stringify({ FailedEntryCount: 0, Entries: [{ EventId: 'bench' }] }) };
}

/** The SDK compares the digest. */
function takeMessage({ received }: Call): Answer {
  const { MessageBody } = z.object({ MessageBody: z.string() }).parse(JSON.parse(received.text ?? ''));
  return { body: JSON.stringify({ MessageId: 'one', MD5OfMessageBody: hash('md5', MessageBody) }) };
}

export function answerCall(method: string, call: Call, store: SinkStore): Answer {
  const operation = operations.find(({ is }) => is(method, call));
  if (operation !== undefined) return operation.answer(call, store);
  return failure(501, 'NotImplemented', `The bench's sink does not know ${method} /${call.key}?${call.query}`);
}
