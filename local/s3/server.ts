// The S3 of the local deployment: the operations that the product uses, over HTTP, on plain folders (see
// disk-layout.ts). Signatures are not checked: the server is bound to the loopback address and holds only its user's
// own files.

import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AwsError } from '../aws-json.ts';
import { hasCode } from './bucket-files.ts';
import { assertBucket, bucketOperations } from './bucket-operations.ts';
import type { S3Call, S3Handler, S3Headers, S3Reply } from './call.ts';
import { xmlReply } from './call.ts';
import { refuseHeaders } from './conditions.ts';
import { diskLayout } from './disk-layout.ts';
import { type FaultOutcome, type S3Fault, withFault } from './fault.ts';
import { objectOperations } from './object-operations.ts';
import { createObjectStore } from './object-store.ts';
import { routeRequest, type S3Operation } from './route.ts';
import { uploadLists, uploadOperations } from './upload-operations.ts';
import { createUploadStore } from './upload-store.ts';

/** What a test gives to `startS3`. */
export type { S3Fault };

export type LocalS3Options = {
  folder: string;
  systemFolder: string;
  port?: number;
  now?: () => number;
  fault?: S3Fault;
};

export async function startS3({
  folder,
  systemFolder,
  port = 0,
  now = Date.now,
  fault = () => undefined,
}: LocalS3Options) {
  const layout = diskLayout(folder, systemFolder);
  await layout.prepare();
  const objects = createObjectStore(layout, now);
  const uploads = createUploadStore(layout, now);
  await uploads.forgetOldCompletions();

  const operations: Readonly<Record<S3Operation, S3Handler>> = {
    ...bucketOperations(layout, objects),
    ...objectOperations(layout, objects),
    ...uploadOperations(layout, objects, uploads),
    ...uploadLists(uploads),
  };

  async function perform(operation: S3Operation, call: S3Call): Promise<S3Reply> {
    refuseHeaders(call.headers);
    if (operation !== 'CreateBucket') await assertBucket(layout, call.bucket);
    return operations[operation](call);
  }

  async function attempt(request: IncomingMessage, openBody: S3Call['openBody']): Promise<FaultOutcome> {
    const routed = routeRequest(request.method ?? '', request.url ?? '');
    const { operation } = routed;
    const call = { ...routed, headers: flatHeaders(request), openBody };
    return withFault(fault(routed), { operation, call, perform: (each) => perform(operation, each), uploads });
  }

  async function answer(
    request: IncomingMessage,
    response: ServerResponse,
    openBody: S3Call['openBody'],
  ): Promise<void> {
    try {
      const outcome = await attempt(request, openBody).catch(refusal);
      if (outcome === 'silence') return;
      if (outcome === 'reset') request.socket.resetAndDestroy();
      else await send(response, outcome);
    } catch {
      // The client disconnected during the response.
      response.destroy();
    }
  }

  const running = new Set<Promise<void>>();
  const track = (work: Promise<void>) => {
    running.add(work);
    void work.finally(() => running.delete(work));
  };

  // Longer than clients keep idle connections, so that a client does not write into a connection that was just
  // closed.
  const server = createServer({ keepAliveTimeout: 60_000 });
  server.on('request', (request, response) => track(answer(request, response, () => request)));
  // The SDK sends `Expect: 100-continue` with bodies of 2 MiB and more. After a rejection it is unclear whether the
  // body follows.
  server.on('checkContinue', (request, response) => {
    response.shouldKeepAlive = false;
    const openBody = () => {
      response.shouldKeepAlive = true;
      response.writeContinue();
      return request;
    };
    track(answer(request, response, openBody));
  });

  await new Promise<void>((done, failed) => server.once('error', failed).listen(port, '127.0.0.1', done));
  const address = server.address();

  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : port}`,
    /** Closes every connection, and resolves when the disk operations that they started have ended. */
    async close(): Promise<void> {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await Promise.all([closed, ...running]);
    },
  };
}

function flatHeaders(request: IncomingMessage): S3Headers {
  return Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, value?.toString()]));
}

function refusal(error: unknown): S3Reply {
  const known = error instanceof AwsError;
  const hasLeft = hasCode(error, 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE');
  if (!known && !hasLeft) console.error(error);
  const { code, message, status } = known ? error : new AwsError('InternalError', String(error), { status: 500 });
  return xmlReply('Error', { Code: code, Message: message }, status);
}

async function send(response: ServerResponse, { status, headers, body }: S3Reply): Promise<void> {
  response.statusCode = status;
  response.setHeaders(new Map(Object.entries({ 'x-amz-request-id': randomUUID(), ...headers })));
  if (!(body instanceof Readable)) {
    response.end(body);
    return;
  }
  try {
    await pipeline(body, response);
  } finally {
    // If the client disconnected before, the pipeline never starts and the file would stay open.
    body.destroy();
  }
}
