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
  // API Gateway takes an allowance only for a route that is there.
  for (const { method, path } of allowances(config)) {
    stage.node.addDependency(...api.addRoutes({ path, methods: [method], integration }));
  }
  throttleEach(stage, allowances(config));
  // Without it a request to any other path is in no allowance, and AWS does not say whether it is billed.
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

/** The id of what goes with the host of the URLs: another id is another API. The first one is that of 0.1.0. */
export function atHost(id: string, { urlVersion }: Config): string {
  return urlVersion === 1 ? id : `${id}${urlVersion}`;
}

/** Requests a second on average, and at once. */
type Allowance = { method: HttpMethod; path: string; rateLimit: number; burstLimit: number };

/** Each route has its own, so that a flood on one uses up nothing of another's. */
export function allowances({ throttleRate, throttleBurst }: Config): Allowance[] {
  return [
    { method: HttpMethod.POST, path: '/callbacks/{token}', rateLimit: throttleRate, burstLimit: throttleBurst },
    // Only people with a browser ask for it, and programs that look whether the URL is still the right one.
    { method: HttpMethod.GET, path: '/callbacks/{token}', rateLimit: 1, burstLimit: 5 },
    // Each carries up to 1,000 tasks. Who announces them one by one needs 2 a second and 20 at once: as many as kie.ai
    // starts for an account (its documentation).
    { method: HttpMethod.POST, path: '/tasks/{token}', rateLimit: 5, burstLimit: 20 },
  ];
}

/** What has no route above gets a 404, and nobody needs many of them. */
export const allElse = { rateLimit: 1, burstLimit: 5 } satisfies ThrottleSettings;

/** By hand, for CDK's stage knows one allowance for all routes only. */
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
