import { expect, test } from 'vitest';
import * as z from 'zod';
import { permissionsOf, resourceOf, synthesized } from './synthesized.ts';

const template = synthesized();
const receiver = resourceOf(template, 'AWS::Lambda::Function', 'Receiver');
const queue = resourceOf(template, 'AWS::SQS::Queue', 'Queue');
const secret = resourceOf(template, 'AWS::SecretsManager::Secret', 'Secret');
const log = resourceOf(template, 'AWS::Logs::LogGroup', 'ReceiverLog');
const stage = resourceOf(template, 'AWS::ApiGatewayV2::Stage', 'Stage');
const stageOf = (context: Record<string, unknown>) =>
  resourceOf(synthesized(context), 'AWS::ApiGatewayV2::Stage', 'Stage').Properties;

test('callbacks and tasks can be POSTed, the callback URL looked at, and nothing else is there', () => {
  const routes = Object.values(template.findResources('AWS::ApiGatewayV2::Route'));

  expect(routes.map(({ Properties }) => Properties.RouteKey).sort()).toEqual([
    'GET /callbacks/{token}',
    'POST /callbacks/{token}',
    'POST /tasks/{token}',
  ]);
});

test('every route leads to the receiver', () => {
  const [integration, ...others] = Object.keys(template.findResources('AWS::ApiGatewayV2::Integration'));
  const routes = Object.values(template.findResources('AWS::ApiGatewayV2::Route'));

  expect(others).toEqual([]);
  for (const { Properties } of routes) {
    expect(Properties.Target).toEqual({ 'Fn::Join': ['', ['integrations/', { Ref: integration }]] });
  }
});

test('the receiver gets requests in the payload format 2.0', () => {
  template.allResourcesProperties('AWS::ApiGatewayV2::Integration', {
    IntegrationType: 'AWS_PROXY',
    PayloadFormatVersion: '2.0',
  });
});

test('P1: the receiver is given a second more than the 10 s it answers within', () => {
  expect(receiver.Properties.Timeout).toBe(11);
});

test('a flood of requests is held off at the door', () => {
  expect(stage.Properties.DefaultRouteSettings).toEqual({ ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 });
});

test('the owner decides how many requests are let in', () => {
  const { DefaultRouteSettings } = stageOf({ 'trackkeeper:throttleRate': '7', 'trackkeeper:throttleBurst': 9 });

  expect(DefaultRouteSettings).toEqual({ ThrottlingRateLimit: 7, ThrottlingBurstLimit: 9 });
});

test('the access log never sees the token', () => {
  const { Format } = z.object({ Format: z.string() }).parse(stage.Properties.AccessLogSettings);
  const variables = Object.values(z.record(z.string(), z.string()).parse(JSON.parse(Format)));

  // The path, the query and what is made of them are the variables that could hold it.
  expect(variables.sort()).toEqual([
    '$context.identity.sourceIp',
    '$context.integrationErrorMessage',
    '$context.integrationLatency',
    '$context.requestId',
    '$context.requestTime',
    '$context.routeKey',
    '$context.status',
  ]);
});

test('the receiver may send to the queue and read its secret, and nothing else', () => {
  const itsLog = [JSON.stringify({ 'Fn::GetAtt': [log.id, 'Arn'] })];

  expect(Object.fromEntries(permissionsOf(template, 'Receiver'))).toEqual({
    'logs:CreateLogStream': itsLog,
    'logs:PutLogEvents': itsLog,
    'sqs:SendMessage': [JSON.stringify({ 'Fn::GetAtt': [queue.id, 'Arn'] })],
    'secretsmanager:GetSecretValue': [JSON.stringify({ Ref: secret.id })],
  });
});

test('the receiver is told where the secret is, never what it says', () => {
  expect(receiver.Properties.Environment).toEqual({
    Variables: { QUEUE_URL: { Ref: queue.id }, SECRET_ID: { Ref: secret.id } },
  });
});
