import type { Stack } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  CfnStage,
  HttpApi,
  HttpMethod,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  type IAccessLogSettings,
  LogGroupLogDestination,
  type ThrottleSettings,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { ReceiverEnv } from '../functions/receiver/env.ts';
import { defineCallbackSecret } from './callback-secret.ts';
import type { Config } from './config.ts';
import { allow, defineLogGroup, defineNodeFunction, type FunctionCode } from './node-function.ts';

type ApiProps = { config: Config; code: FunctionCode; queue: Queue };

/** Defines the HTTP API for callbacks and announcements, and the receiver that sends both to the queue. */
export function defineApi(stack: Stack, { config, code, queue }: ApiProps) {
  const secret = defineCallbackSecret(stack, config);
  const receiver = defineNodeFunction(stack, 'Receiver', {
    name: 'receiver',
    description: 'Verifies a callback or an announcement and puts it into the queue.',
    code,
    config,
    // Not for the memory: the larger share of a CPU shortens the cold start, during which the provider waits.
    memorySize: 512,
    environment: {
      STACK_NAME: config.stackName,
      QUEUE_URL: queue.queueUrl,
      SECRET_ID: secret.id,
    } satisfies ReceiverEnv,
    allow: [allow(['sqs:SendMessage'], [queue.queueArn]), allow(['secretsmanager:GetSecretValue'], [secret.arn])],
  });

  const integration = new HttpLambdaIntegration('ReceiverIntegration', receiver);
  const api = new HttpApi(stack, atHost('Api', config), { apiName: stack.stackName, createDefaultStage: false });
  const stage = new HttpStage(stack, atHost('Stage', config), {
    httpApi: api,
    stageName: '$default',
    autoDeploy: true,
    throttle: allElse,
    ...(config.accessLog && { accessLogSettings: accessLogSettings(stack, config) }),
  });
  // API Gateway accepts a throttling setting only for an existing route.
  for (const { method, path } of allowances(config)) {
    stage.node.addDependency(...api.addRoutes({ path, methods: [method], integration }));
  }
  throttleEach(stage, allowances(config));
  // Without this route, requests to other paths have no limit, and AWS does not document whether they are billed.
  new HttpRoute(api, 'AnyOther', { httpApi: api, routeKey: HttpRouteKey.DEFAULT, integration });

  return {
    callbackBaseUrl: `${api.apiEndpoint}/callbacks/`,
    tasksBaseUrl: `${api.apiEndpoint}/tasks/`,
    secretId: secret.id,
    secret,
    api,
    receiver,
  };
}

/**
 * The id suffix of everything that belongs to the URL's host: another id creates another API. The first one is that
 * of 0.1.0.
 */
export function atHost(id: string, { urlVersion }: Config): string {
  return urlVersion === 1 ? id : `${id}${urlVersion}`;
}

/** Requests per second on average, and at once. */
type Allowance = { method: HttpMethod; path: string; rateLimit: number; burstLimit: number };

/** Each route has a limit of its own, so that a flood on one does not exhaust the others. */
export function allowances({ throttleRate, throttleBurst }: Config): Allowance[] {
  return [
    { method: HttpMethod.POST, path: '/callbacks/{token}', rateLimit: throttleRate, burstLimit: throttleBurst },
    // Only used by people in a browser, and by programs that check whether the URL is still valid.
    { method: HttpMethod.GET, path: '/callbacks/{token}', rateLimit: 1, burstLimit: 5 },
    // Each request carries up to 1,000 tasks. Announcing them one by one needs 2 requests a second and 20 at once:
    // kie.ai starts no more for one account (its documentation).
    { method: HttpMethod.POST, path: '/tasks/{token}', rateLimit: 5, burstLimit: 20 },
  ];
}

/** Requests without a route above get 404, and no client needs many of them. */
export const allElse = { rateLimit: 1, burstLimit: 5 } satisfies ThrottleSettings;

/** By escape hatch, because CDK's stage supports only one limit for all routes. */
function throttleEach(stage: HttpStage, allowances: Allowance[]): void {
  const resource = stage.node.defaultChild;
  if (!(resource instanceof CfnStage)) throw new Error('the stage is no stage of CloudFormation');
  resource.routeSettings = Object.fromEntries(
    allowances.map(({ method, path, rateLimit, burstLimit }) => [
      `${method} ${path}`,
      { ThrottlingRateLimit: rateLimit, ThrottlingBurstLimit: burstLimit },
    ]),
  );
}

function accessLogSettings(stack: Stack, config: Config): IAccessLogSettings {
  return {
    destination: new LogGroupLogDestination(defineLogGroup(stack, 'AccessLog', config)),
    format: AccessLogFormat.custom(JSON.stringify(accessLogFields)),
  };
}

/** Deliberately the route's key and not the path: the path contains the token. */
const accessLogFields = {
  time: '$context.requestTime',
  requestId: '$context.requestId',
  routeKey: '$context.routeKey',
  status: '$context.status',
  sourceIp: '$context.identity.sourceIp',
  integrationLatency: '$context.integrationLatency',
  integrationError: '$context.integrationErrorMessage',
};
