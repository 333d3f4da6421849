// What is asked of AWS, and how its answers are read. The answers are those of AWS's API references, cut to what
// counts.
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { S3Client } from '@aws-sdk/client-s3';
import { expect, onTestFinished, test } from 'vitest';
import { examinedStack } from '../../../../cli/doctor/target/examined-stack.ts';

type Asked = Record<string, unknown>;

const resource = (id: string, type: string, name: string) =>
  `<member><LogicalResourceId>${id}</LogicalResourceId><ResourceType>${type}</ResourceType>` +
  `<PhysicalResourceId>${name}</PhysicalResourceId><LastUpdatedTimestamp>2026-11-20T12:00:00Z</LastUpdatedTimestamp></member>`;
const page = (members: string, next = '') =>
  `<ListStackResourcesResponse><ListStackResourcesResult><StackResourceSummaries>${members}</StackResourceSummaries>${next}` +
  '</ListStackResourcesResult></ListStackResourcesResponse>';

/** By operation; what it is called with is kept. */
async function openStack(answers: Record<string, (asked: Asked) => string>) {
  const asked: [string, Asked][] = [];
  const server = http.createServer(async (request, response) => {
    const body = await text(request);
    const target = request.headers['x-amz-target'];
    const question: Asked = target === undefined ? Object.fromEntries(new URLSearchParams(body)) : JSON.parse(body);
    const operation = target === undefined ? String(question.Action) : (String(target).split('.').at(-1) ?? '');
    asked.push([operation, question]);
    const answer = answers[operation]?.(question);
    response.writeHead(answer === undefined ? 403 : 200).end(answer ?? denied);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it has no port');
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const settings = { endpoint: `http://127.0.0.1:${address.port}`, region: 'eu-west-1', credentials, maxAttempts: 1 };
  const s3 = new S3Client(settings);
  const stack = examinedStack({
    name: 'Music',
    bucketName: 'music',
    alarmTopicArn: undefined,
    queueArn: async () => 'arn:aws-cn:sqs:eu-west-1:123456789012:Music-Queue',
    s3,
    settings,
    now: () => new Date('2026-11-21T12:00:00Z'),
  });
  onTestFinished(() => {
    stack.close();
    s3.destroy();
    server.closeAllConnections();
    server.close();
  });
  return { stack, asked };
}

const denied =
  '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>';

test('alarms are those of the stack and no other, a hundred at a time, from all pages of its resources', async () => {
  const alarms = Array.from({ length: 101 }, (_, number) =>
    resource(`A${number}`, 'AWS::CloudWatch::Alarm', `Music-${number}`),
  );
  const { stack, asked } = await openStack({
    ListStackResources: ({ NextToken: token }) =>
      token === undefined
        ? page(resource('Queue', 'AWS::SQS::Queue', 'q'), '<NextToken>more</NextToken>')
        : page(alarms.join('')),
    DescribeAlarms: () =>
      JSON.stringify({
        MetricAlarms: [
          {
            AlarmName: 'Music-1',
            AlarmDescription: 'x',
            StateValue: 'ALARM',
            ActionsEnabled: true,
            AlarmActions: ['t'],
          },
          { AlarmName: 'Music-2', StateValue: 'OK', ActionsEnabled: true, AlarmActions: [] },
        ],
      }),
  });

  const found = await stack.alarms();

  expect(found.slice(0, 2)).toEqual([
    { name: 'Music-1', description: 'x', state: 'ALARM', hasActions: true },
    { name: 'Music-2', description: '', state: 'OK', hasActions: false },
  ]);
  const named = asked.flatMap(([operation, { AlarmNames: names }]) =>
    operation === 'DescribeAlarms' && Array.isArray(names) ? [names.length] : [],
  );
  expect(named).toEqual([100, 1]);
});

test('the sweeper is found by its construct, and its starts are summed', async () => {
  const { stack, asked } = await openStack({
    ListStackResources: () =>
      page(
        resource('Sweeper30B1A830', 'AWS::Lambda::Function', 'Music-Sweeper-x') +
          resource('SweeperRole043E71E8', 'AWS::IAM::Role', 'role') +
          resource('SweeperLog30B1A830', 'AWS::Logs::LogGroup', 'log'),
      ),
    GetMetricStatistics: () => JSON.stringify({ Datapoints: [{ Sum: 10 }, { Sum: 5 }] }),
  });

  expect(await stack.sweeps(15)).toEqual({ times: 15, deployedAt: new Date('2026-11-20T12:00:00Z') });
  expect(asked.at(-1)?.[1]).toMatchObject({
    Namespace: 'AWS/Lambda',
    Dimensions: [{ Name: 'FunctionName', Value: 'Music-Sweeper-x' }],
    Period: 900,
  });
});

test('a queue that CloudWatch has no figure of has no age', async () => {
  const { stack, asked } = await openStack({ GetMetricStatistics: () => '{"Datapoints":[]}' });

  expect(await stack.oldestSeconds('arn:aws:sqs:eu-west-1:1:Music-Queue')).toBeNull();
  expect(asked[0]?.[1]).toMatchObject({ Dimensions: [{ Name: 'QueueName', Value: 'Music-Queue' }] });
});

test.each([
  ['allowed', true],
  ['implicitDeny', false],
  ['explicitDeny', false],
])('IAM is asked about the role of a function, in its partition: %s', async (decision, isAllowed) => {
  const { stack, asked } = await openStack({
    ListStackResources: () => page(resource('ArchiverRole6D0C222B', 'AWS::IAM::Role', 'Music-ArchiverRole')),
    SimulatePrincipalPolicy: () =>
      '<SimulatePrincipalPolicyResponse><SimulatePrincipalPolicyResult><EvaluationResults><member>' +
      `<EvalActionName>s3:PutObject</EvalActionName><EvalDecision>${decision}</EvalDecision></member></EvaluationResults>` +
      '</SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>',
  });

  expect(await stack.isAllowed('Archiver', 's3:PutObject', 'arn:aws-cn:s3:::music/library/x')).toBe(isAllowed);
  expect(asked.at(-1)?.[1]).toMatchObject({
    PolicySourceArn: 'arn:aws-cn:iam::123456789012:role/Music-ArchiverRole',
    'ActionNames.member.1': 's3:PutObject',
    'ResourceArns.member.1': 'arn:aws-cn:s3:::music/library/x',
  });
});

test('who is subscribed is counted, also who has not said yes', async () => {
  const entry = (key: string, value: number) => `<entry><key>${key}</key><value>${value}</value></entry>`;
  const { stack } = await openStack({
    GetTopicAttributes: () =>
      `<GetTopicAttributesResponse><GetTopicAttributesResult><Attributes>${entry('SubscriptionsConfirmed', 2)}` +
      `${entry('SubscriptionsPending', 1)}</Attributes></GetTopicAttributesResult></GetTopicAttributesResponse>`,
  });

  expect(await stack.listeners('arn:aws:sns:eu-west-1:123456789012:t')).toEqual({ confirmed: 2, pending: 1 });
});

test('what may not be asked says so by the name that the doctor knows', async () => {
  const { stack } = await openStack({});

  await expect(stack.listeners('arn:aws:sns:eu-west-1:123456789012:t')).rejects.toThrow(
    expect.objectContaining({ name: expect.stringMatching(/AccessDenied/) }),
  );
});
