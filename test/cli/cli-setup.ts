// The command line in front of a local S3 and a local SQS, as if a local deployment ran there, without any function.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { onTestFinished } from 'vitest';
import { type CommandLineWorld, runCommandLine } from '../../cli/run.ts';
import { clientConfig } from '../../client/target/local-aws.ts';
import { decodeMessage, type QueueMessage } from '../../functions/domain/message.ts';
import { recordKey } from '../../functions/domain/object-key.ts';
import type { TaskRecord } from '../../functions/domain/record.ts';
import type { JsonFault } from '../../local/aws-json.ts';
import { startS3 } from '../../local/s3/server.ts';
import { startSecrets } from '../../local/secrets.ts';
import { startSqs } from '../../local/sqs/server.ts';

export type CliBench = Awaited<ReturnType<typeof setUpCli>>;

/** When the commands run. */
export const now = new Date('2026-11-21T12:00:00.000Z');

export const noCloud = () => {
  throw new Error('nobody asked for AWS');
};

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'trackkeeper-cli-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A process that keeps what is written, and whose waits are over at once. */
export function testWorld(more: Partial<CommandLineWorld> = {}) {
  const written = { out: '', err: '' };
  const world: CommandLineWorld = {
    root: '/nowhere',
    env: {},
    cloudIn: noCloud,
    now: () => now,
    wait: async () => {},
    untilInterrupted: () => {
      throw new Error('no command stays');
    },
    out: (text) => {
      written.out += text;
    },
    err: (text) => {
      written.err += text;
    },
    screen: { moves: false, columns: 100 },
    ...more,
  };
  return { world, written };
}

type BenchOptions = { env?: CommandLineWorld['env']; providerKeys?: Record<string, string>; fault?: JsonFault };

export async function setUpCli({ env = {}, providerKeys, fault }: BenchOptions = {}) {
  const data = await temporaryFolder();
  const systemFolder = join(data, '.trackkeeper');
  await mkdir(systemFolder);
  const s3 = await startS3({ folder: data, systemFolder: join(systemFolder, 's3') });
  const sqs = await startSqs({ file: join(systemFolder, 'sqs.jsonl'), fault });
  const secrets = await startSecrets({
    token: JSON.stringify({ token: 'a-token-of-some-length' }),
    keys: JSON.stringify(providerKeys),
  });
  const bucket = new S3Client({ ...clientConfig(s3.url), forcePathStyle: true });
  const queues = new SQSClient(clientConfig(sqs.url));
  onTestFinished(async () => {
    bucket.destroy();
    queues.destroy();
    await s3.close();
    await sqs.close();
    await secrets.close();
  });

  const createQueue = async (name: string, redriveTo?: string) => {
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: redriveTo, maxReceiveCount: 1 });
    const Attributes = { VisibilityTimeout: '0', ...(redriveTo !== undefined && { RedrivePolicy }) };
    const { QueueUrl: url = '' } = await queues.send(new CreateQueueCommand({ QueueName: name, Attributes }));
    const asked = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] });
    return { url, arn: (await queues.send(asked)).Attributes?.QueueArn ?? '' };
  };
  await bucket.send(new CreateBucketCommand({ Bucket: 'trackkeeper' }));
  const deadLetters = await createQueue('dead-letters');
  const queue = await createQueue('queue', deadLetters.arn);
  const wakeQueue = await createQueue('wakes', deadLetters.arn);
  const deployment = {
    apiUrl: 'http://127.0.0.1:8787',
    testMediaUrl: 'http://127.0.0.1:1/doctor/',
    s3Url: s3.url,
    bucketName: 'trackkeeper',
    sqsUrl: sqs.url,
    queueUrl: queue.url,
    wakeQueueUrl: wakeQueue.url,
    deadLetterQueueUrl: deadLetters.url,
    callbackBaseUrl: 'http://127.0.0.1:8787/callbacks/',
    secretsUrl: secrets.url,
    secretId: 'token',
    providerKeysSecretId: providerKeys === undefined ? null : 'keys',
  };
  await writeFile(join(systemFolder, 'deployment.json'), JSON.stringify(deployment));

  const receive = async (url: string, more: Partial<ReceiveMessageCommandInput> = {}) => {
    const input = { QueueUrl: url, MaxNumberOfMessages: 10, VisibilityTimeout: 600, ...more };
    const asking = new ReceiveMessageCommand(input);
    const { Messages = [] } = await queues.send(asking);
    return Messages.map(({ Body = '' }) => Body);
  };

  return {
    data,
    bucketFolder: join(data, 'trackkeeper'),
    urls: { queue: queue.url, wakeQueue: wakeQueue.url, deadLetters: deadLetters.url },
    put: async (Key: string, Body: string | Buffer, Metadata: Record<string, string> = {}) => {
      await bucket.send(new PutObjectCommand({ Bucket: 'trackkeeper', Key, Body, Metadata }));
    },
    putRecord: async (record: TaskRecord) => {
      const key = recordKey(record.taskId);
      const command = new PutObjectCommand({ Bucket: 'trackkeeper', Key: key, Body: JSON.stringify(record) });
      await bucket.send(command);
    },
    send: (url: string, body: string) => queues.send(new SendMessageCommand({ QueueUrl: url, MessageBody: body })),
    receive,
    /** What stands in the archiver's queue, as the archiver reads it; each is there once. */
    messages: async (): Promise<(QueueMessage | undefined)[]> => {
      const found: (QueueMessage | undefined)[] = [];
      for (;;) {
        const more = await receive(queue.url);
        if (more.length === 0) return found;
        found.push(...more.map((body) => decodeMessage(body)));
      }
    },
    /** Without `--local`, which is added. */
    cli: async (...args: string[]) => {
      const { world, written } = testWorld({ env });
      const exitCode = await runCommandLine([...args, '--local', data], world);
      return { exitCode, ...written };
    },
    /** The answer of `--json`. */
    json: async (...args: string[]) => {
      const { world, written } = testWorld({ env });
      const exitCode = await runCommandLine([...args, '--json', '--local', data], world);
      return { exitCode, answer: JSON.parse(written.out), err: written.err };
    },
  };
}
