// The whole receiver as Lambda starts it, with a queue and a secret store that misbehave on request.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { vi } from 'vitest';
import { decodeMessage } from '../../../functions/domain/message.ts';
import { startSecrets } from '../../../local/secrets.ts';
import { startSqs } from '../../../local/sqs/server.ts';
import { apiEvent, lambdaContext } from '../../doubles/lambda.ts';

export type QueueFault = 'cut' | 'hang' | { status: number; code: string } | undefined;
type Handler = typeof import('../../../functions/receiver/handler.ts').handler;
type Answer = { statusCode: number; headers: Record<string, string>; body: unknown };

export async function setUpReceiver() {
  const folder = mkdtempSync(join(tmpdir(), 'trackkeeper-receiver-'));
  let fault: QueueFault;
  const sqs = await startSqs({
    file: join(folder, 'sqs.jsonl'),
    fault: ({ operation }) => (operation === 'SendMessage' ? fault : undefined),
  });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new SQSClient({ endpoint: sqs.url, region: 'us-east-1', credentials, useQueueUrlAsEndpoint: false });
  const { QueueUrl: queueUrl = '' } = await client.send(new CreateQueueCommand({ QueueName: 'callbacks' }));
  const closers = [() => sqs.close()];
  const lines: string[] = [];

  vi.stubEnv('QUEUE_URL', queueUrl);
  vi.stubEnv('STACK_NAME', 'trackkeeper');
  vi.stubEnv('SECRET_ID', 'trackkeeper');
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  vi.stubEnv('AWS_ENDPOINT_URL_SQS', sqs.url);
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => lines.push(String(chunk)) > 0);

  async function startWithStore(secretsUrl: string): Promise<Handler> {
    vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', secretsUrl);
    vi.resetModules();
    return (await import('../../../functions/receiver/handler.ts')).handler;
  }

  async function queued(): Promise<Message[]> {
    const command = new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 });
    const { Messages = [] } = await client.send(command);
    if (Messages.length === 0) return [];
    for (const { ReceiptHandle } of Messages) {
      await client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
    }
    return [...Messages, ...(await queued())];
  }

  return {
    /** All log lines. */
    lines,
    logged: () => lines.map((line) => JSON.parse(line)),
    startWithStore,
    /** An execution environment that has read this secret and caches it. */
    async start(secret: object): Promise<Handler> {
      const secrets = await startSecrets({ trackkeeper: JSON.stringify(secret) });
      closers.push(() => secrets.close());
      return startWithStore(secrets.url);
    },
    /** For all requests from now on. */
    setFault(next: QueueFault) {
      fault = next;
    },
    /** The messages that the queue accepted since the last call, decoded. */
    async taken() {
      return (await queued()).map(({ Body }) => decodeMessage(Body ?? ''));
    },
    async close() {
      vi.restoreAllMocks();
      vi.unstubAllEnvs();
      client.destroy();
      for (const close of closers) await close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** The response to a request to one of the receiver's routes. */
export async function ask(handler: Handler, event: Parameters<typeof apiEvent>[0], leftMs = 11_000): Promise<Answer> {
  const { statusCode = 0, headers = {}, body = '' } = await handler(apiEvent(event), lambdaContext(leftMs));
  const texts = Object.entries(headers).map(([name, value]) => [name, String(value)]);
  return { statusCode, headers: Object.fromEntries(texts), body: JSON.parse(body) };
}
