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

test('callbacks and tasks can be POSTed, the callback URL looked at, and all else is one route', () => {
  const routes = Object.values(template.findResources('AWS::ApiGatewayV2::Route'));

  expect(routes.map(({ Properties }) => Properties.RouteKey).sort()).toEqual([
    '$default',
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

const atMost = (ThrottlingRateLimit: number, ThrottlingBurstLimit: number) => ({
  ThrottlingRateLimit,
  ThrottlingBurstLimit,
});

test('a flood on one route uses up nothing of another’s allowance', () => {
  expect(stage.Properties.RouteSettings).toEqual({
    'POST /callbacks/{token}': atMost(50, 100),
    'GET /callbacks/{token}': atMost(1, 5),
    'POST /tasks/{token}': atMost(5, 20),
  });
});

test('a flood of requests to any other path is held off at the door', () => {
  expect(stage.Properties.DefaultRouteSettings).toEqual(atMost(1, 5));
});

test('a route exists before API Gateway gets its limit', () => {
  const routed = Object.entries(template.findResources('AWS::ApiGatewayV2::Route'))
    .filter(([, { Properties }]) => Properties.RouteKey !== '$default')
    .map(([id]) => id);

  const { Stage0E8C2AF5 } = template.findResources('AWS::ApiGatewayV2::Stage');
  expect(routed).toHaveLength(3);
  expect(Stage0E8C2AF5?.DependsOn).toEqual(expect.arrayContaining(routed));
});

test('the owner decides how many callbacks are accepted', () => {
  const { RouteSettings } = stageOf({ 'trackkeeper:throttleRate': '7', 'trackkeeper:throttleBurst': 9 });

  expect(RouteSettings).toMatchObject({
    'POST /callbacks/{token}': atMost(7, 9),
    'POST /tasks/{token}': atMost(5, 20),
  });
});

test('the URLs keep their host as long as the owner does not ask for another', () => {
  const hostOf = (context: Record<string, unknown>) => synthesized(context).toJSON().Outputs.CallbackBaseUrl.Value;
  const { 'Fn::GetAtt': ofFirst } = hostOf({})['Fn::Join'][1][0];
  const { 'Fn::GetAtt': ofSecond } = hostOf({ 'trackkeeper:urlVersion': '2' })['Fn::Join'][1][0];

  expect(ofFirst).toEqual(['ApiF70053CD', 'ApiEndpoint']);
  expect(ofSecond).toEqual([expect.stringMatching(/^Api2/), 'ApiEndpoint']);
});

test('another host takes nothing from the stack but the old one', () => {
  const others = (context: Record<string, unknown>) =>
    Object.entries(synthesized(context).findResources('*'))
      .filter(([, { Type }]) => !/^AWS::(ApiGatewayV2::|Lambda::Permission)/.test(String(Type)))
      .map(([id]) => id);

  expect(others({ 'trackkeeper:urlVersion': 2 })).toEqual(others({}));
});

test('without a wish for it there is no access log, which a flood of refused requests would fill', () => {
  expect(stage.Properties).not.toHaveProperty('AccessLogSettings');
  expect(Object.keys(template.findResources('AWS::Logs::LogGroup')).join()).not.toContain('Access');
});

test('the access log never sees the token', () => {
  const { AccessLogSettings } = stageOf({ 'trackkeeper:accessLog': 'true' });
  const { Format } = z.object({ Format: z.string() }).parse(AccessLogSettings);
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

test('the receiver gets the name of the secret, never its value', () => {
  expect(receiver.Properties.Environment).toEqual({
    Variables: { STACK_NAME: 'Trackkeeper', QUEUE_URL: { Ref: queue.id }, SECRET_ID: { Ref: secret.id } },
  });
});
