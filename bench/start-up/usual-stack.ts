// The receiver as most projects would write it: zod's `z`, the SDK's client, middy, and the Powertools logger.

import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
// biome-ignore lint/style/noRestrictedImports: the usual import is what is measured here
import { z } from 'zod';

const logger = new Logger({ serviceName: 'receiver' });
const client = new SQSClient({});

const callback = z.object({
  code: z.number(),
  msg: z.string(),
  data: z.object({ callbackType: z.string(), task_id: z.string() }).loose(),
});

async function receive(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  if (event.pathParameters?.token !== process.env.CALLBACK_TOKEN) return { statusCode: 404 };
  const { data } = callback.parse(JSON.parse(event.body ?? ''));
  await client.send(new SendMessageCommand({ QueueUrl: process.env.QUEUE_URL, MessageBody: event.body }));
  logger.info('received', { taskId: data.task_id });
  return { statusCode: 200, body: JSON.stringify({ status: 'received' }) };
}

export const handler = middy(receive).use(injectLambdaContext(logger));
