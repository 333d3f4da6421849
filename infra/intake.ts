import type { Stack } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { ReceiverEnv } from '../functions/receiver/env.ts';
import { defineCallbackSecret } from './callback-secret.ts';
import type { Config } from './config.ts';
import { allow, defineLogGroup, defineNodeFunction, type FunctionCode } from './node-function.ts';

type Surroundings = { config: Config; code: FunctionCode; queue: Queue };

/** The URLs that a provider calls and that tasks are announced at, and the function that takes both to the queue. */
export function defineIntake(stack: Stack, { config, code, queue }: Surroundings) {
  const secret = defineCallbackSecret(stack, config);
  const receiver = defineNodeFunction(stack, 'Receiver', {
    name: 'receiver',
    description: 'Verifies a callback or an announcement and puts it into the queue.',
    code,
    config,
    // Not for the memory: the share of a CPU that comes with it shortens the cold start, which the provider waits for.
    memorySize: 512,
    environment: { QUEUE_URL: queue.queueUrl, SECRET_ID: secret.id } satisfies ReceiverEnv,
    allow: [allow(['sqs:SendMessage'], [queue.queueArn]), allow(['secretsmanager:GetSecretValue'], [secret.arn])],
  });

  const api = new HttpApi(stack, 'Api', { apiName: stack.stackName, createDefaultStage: false });
  const integration = new HttpLambdaIntegration('ReceiverIntegration', receiver);
  api.addRoutes({ path: '/callbacks/{token}', methods: [HttpMethod.POST, HttpMethod.GET], integration });
  api.addRoutes({ path: '/tasks/{token}', methods: [HttpMethod.POST], integration });
  new HttpStage(stack, 'Stage', {
    httpApi: api,
    stageName: '$default',
    autoDeploy: true,
    throttle: { rateLimit: config.throttleRate, burstLimit: config.throttleBurst },
    accessLogSettings: {
      destination: new LogGroupLogDestination(defineLogGroup(stack, 'AccessLog', config)),
      format: AccessLogFormat.custom(JSON.stringify(accessLogFields)),
    },
  });

  return {
    callbackBaseUrl: `${api.apiEndpoint}/callbacks/`,
    tasksBaseUrl: `${api.apiEndpoint}/tasks/`,
    secretId: secret.id,
  };
}

/** Deliberately the route's key and not the path: the path holds the token. */
const accessLogFields = {
  time: '$context.requestTime',
  requestId: '$context.requestId',
  routeKey: '$context.routeKey',
  status: '$context.status',
  sourceIp: '$context.identity.sourceIp',
  integrationLatency: '$context.integrationLatency',
  integrationError: '$context.integrationErrorMessage',
};
