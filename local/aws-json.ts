// The HTTP side of AWS's JSON protocol: every request is a POST to `/` whose `x-amz-target` header names the
// operation. Signatures are not checked: the server is bound to the loopback address and holds only its user's own
// data.
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export type JsonObject = Readonly<Record<string, unknown>>;

export type JsonInput = JsonObject;

export type JsonCall = {
  readonly input: JsonInput;
  /** The address under which the caller reached this server, for responses that contain URLs. */
  readonly baseUrl: string;
  /** Aborted when the caller disconnects. */
  readonly signal: AbortSignal;
};

/** Returns a value for JSON, or a promise of one; throws `AwsError` to reject the request. */
export type JsonOperation = (call: JsonCall) => unknown;

export type JsonService = {
  /** The part of `x-amz-target` before the dot. */
  readonly target: string;
  /** The prefix of error codes that the SDK expects. */
  readonly namespace: string;
  readonly version: '1.0' | '1.1';
  readonly maxBodyBytes: number;
  readonly operations: Readonly<Record<string, JsonOperation>>;
};

/**
 * A fault that a test injects into a request: an error returned in place of the operation; `cut`: the operation is
 * performed but the connection closes before its response; `hang`: the operation is not performed and no response is
 * sent.
 */
export type JsonFault = (request: {
  operation: string;
}) => undefined | { status: number; code: string } | 'cut' | 'hang';

export type LocalServer = { readonly url: string; close(): Promise<void> };

export async function startAwsJson(
  service: JsonService,
  { port = 0, fault = () => undefined }: { port?: number; fault?: JsonFault } = {},
): Promise<LocalServer> {
  const server = createServer(async (request, response) => {
    try {
      await answer(service, fault, request, response);
    } catch (error) {
      refuse(service, response, error);
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const boundPort = typeof address === 'object' ? address?.port : undefined;

  return {
    url: `http://127.0.0.1:${boundPort}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

/** An error response as the AWS SDK understands it: the SDK throws an error with this code as its name. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  /** The code in SQS's older protocol; the SDK still reads it beside the new one. */
  readonly legacyCode: string;

  constructor(code: string, message: string, { status = 400, legacyCode = code } = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.legacyCode = legacyCode;
  }
}

async function answer(service: JsonService, fault: JsonFault, request: IncomingMessage, response: ServerResponse) {
  const left = new AbortController();
  response.once('close', () => left.abort());
  const operation = operationName(service, request);
  const run = operationNamed(service, operation);
  const input = await readInput(request, service.maxBodyBytes);
  const broken = fault({ operation });

  if (broken === 'hang') return;
  if (typeof broken === 'object') throw new AwsError(broken.code, 'Injected by a test.', { status: broken.status });
  const output = await run({ input, baseUrl: `http://${request.headers.host}`, signal: left.signal });
  if (broken === 'cut') response.destroy();
  else send(service, response, 200, output);
}

function operationName({ target }: JsonService, { headers }: IncomingMessage): string {
  const [name, operation] = String(headers['x-amz-target']).split('.');
  return name === target && operation ? operation : 'nothing';
}

function operationNamed({ target, operations }: JsonService, name: string): JsonOperation {
  const run = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (run) return run;
  const known = Object.keys(operations).join(', ');
  throw new AwsError('UnknownOperationException', `${name} was requested, but the local ${target} has only ${known}.`);
}

async function readInput(request: IncomingMessage, maxBytes: number): Promise<JsonInput> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Read a body that is too long to its end without keeping it: a client that is still sending would not see the
  // response.
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
  }
  if (bytes > maxBytes) {
    throw new AwsError('RequestEntityTooLarge', `A request may have ${maxBytes} bytes.`, { status: 413 });
  }
  const input = jsonObjectIn(Buffer.concat(chunks).toString());
  if (input !== undefined) return input;
  throw new AwsError('SerializationException', 'The body of a request is one JSON object.');
}

/** Returns undefined if the text is not a JSON object. */
export function jsonObjectIn(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function send({ version }: JsonService, response: ServerResponse, status: number, output: unknown): void {
  if (response.destroyed) return;
  const text = JSON.stringify(output);
  response.writeHead(status, {
    'content-type': `application/x-amz-json-${version}`,
    'content-length': Buffer.byteLength(text),
    'x-amzn-requestid': randomUUID(),
  });
  response.end(text);
}

function refuse(service: JsonService, response: ServerResponse, error: unknown): void {
  // Reading fails if the caller disconnects during the request; there is no one to respond to.
  if (response.destroyed) return;
  if (!(error instanceof AwsError)) console.error(error);
  const { code, message, status, legacyCode } =
    error instanceof AwsError ? error : new AwsError('InternalFailure', String(error), { status: 500 });
  response.setHeader('x-amzn-query-error', `${legacyCode};${status < 500 ? 'Sender' : 'Receiver'}`);
  send(service, response, status, { __type: `${service.namespace}#${code}`, message });
}
