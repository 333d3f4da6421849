// The receiver as most projects would write it: zod's `z`, the SDK's clients with their defaults, middy, and the
// Powertools logger. Like ours, it reads its token from a secret.

import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
// biome-ignore lint/style/noRestrictedImports: the usual import is what is measured here
import { z } from 'zod';

const logger = new Logger({ serviceName: 'receiver' });
const client = new SQSClient({});
const secrets = new SecretsManagerClient({});
const secret = secrets.send(new GetSecretValueCommand({ SecretId: process.env.SECRET_ID }));

const secretSchema = z.object({ token: z.string() });
const callback = z.object({
  code: z.number(),
  msg: z.string(),
  data: z.object({ callbackType: z.string(), task_id: z.string() }).loose(),
});

async function receive(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const { token } = secretSchema.parse(JSON.parse((await secret).SecretString ?? ''));
  if (event.pathParameters?.token !== token) return { statusCode: 404 };
  const { data } = callback.parse(JSON.parse(event.body ?? ''));
  await client.send(new SendMessageCommand({ QueueUrl: process.env.QUEUE_URL, MessageBody: event.body }));
  logger.info('received', { taskId: data.task_id });
  return { statusCode: 200, body: JSON.stringify({ status: 'received' }) };
}

export const handler = middy(receive).use(injectLambdaContext(logger));
