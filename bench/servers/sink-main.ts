// An S3 bucket that discards files, in a process of its own. With --verify it also compares every CRC32.
import { createServer } from 'node:https';
import { parseArgs } from 'node:util';
import { receiveBody } from './receive-body.ts';
import { serveParent } from './serve-parent.ts';
import { answerCall } from './sink-operations.ts';
import { createSinkStore } from './sink-store.ts';
import { tlsOptions } from './tls.ts';

const { values } = parseArgs({ options: { verify: { type: 'boolean', default: false } } });
const store = createSinkStore();

const server = createServer(tlsOptions(), async (request, response) => {
  const { method = '', url = '', headers } = request;
  // The path is /<bucket>/<key>: the SDK uses path style if the endpoint is an IP address.
  const { pathname, searchParams: query } = new URL(url, 'https://sink');
  const key = decodeURIComponent(pathname.replace(/^\/[^/]*\/?/, ''));
  try {
    const received = await receiveBody(request, { isVerifying: values.verify });
    const {
      status = 200,
      headers: answerHeaders,
      body = '',
    } = answerCall(method, { key, query, headers, received }, store);
    response.writeHead(status, answerHeaders).end(method === 'HEAD' ? undefined : body);
  } catch (error) {
    // The client disconnected or violated the protocol: its own run fails and reports it.
    console.error(`sink: ${method} ${url}: ${error}`);
    response.destroy();
  }
});
serveParent(server, store.tally);
