// Each check on both sides of what it draws a line at; that a healthy deployment passes them all is in examine.test.ts.
import { expect, test } from 'vitest';
import type { DoctorTarget, ExaminedStack, QueueState } from '../../../cli/doctor/target.ts';
import { archive, examined, healthyDeployment, healthyQueue, healthyStack, start, token } from './deployments.ts';

type Change = (deployment: DoctorTarget) => Partial<DoctorTarget>;

const secret =
  (content: unknown): Change =>
  () => ({ secret: async () => JSON.stringify(content) });
const queue =
  (which: string, more: Partial<QueueState>): Change =>
  () => ({
    queue: async (name) => ({ ...healthyQueue(name), ...(name === which && more) }),
  });
const answering =
  (more: object): Change =>
  ({ ask }) => ({
    ask: async (url, question) => ({ ...(await ask(url, question)), ...more }),
  });
const stack =
  (more: Partial<ExaminedStack>): Change =>
  () => ({ stack: { ...healthyStack, ...more } });
const bucketWith = (more: object): Change =>
  stack({ bucketSettings: async () => ({ ...(await healthyStack.bucketSettings()), ...more }) });
const policyWith = (more: object) =>
  JSON.stringify({
    Statement: [
      {
        ...{ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' },
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        ...more,
      },
    ],
  });
const roleThat = (changed: string): Change =>
  stack({
    isAllowed: async (role, action, resource) =>
      (await healthyStack.isAllowed(role, action, resource)) !== (`${role} ${action}` === changed),
  });
const seconds = (after: number) => ({ date: new Date(start + after * 1000) });
const marker =
  (due: string): Change =>
  ({ bucket }) => ({
    bucket: {
      ...bucket,
      async *list(prefix) {
        if (prefix === 'schedule/') yield* ['schedule/none of ours', `schedule/20261121T${due}Z/task`];
        yield* bucket.list(prefix);
      },
    },
  });

async function finding(name: string, change: Change, archived = archive()) {
  const { deployment } = healthyDeployment({ archived });
  const { findings } = await examined({ ...deployment, ...change(deployment) });
  return findings[name];
}

const right: [check: string, why: string, change: Change, says: RegExp][] = [
  ['secret', 'two tokens', secret({ token, previousToken: 'x' }), /an older one is still accepted.*not demanded/],
  ['secret', 'a key', secret({ token, kieWebhookKey: 'k' }), /no older one.*is demanded/],
  ['secret', '16 characters', secret({ token: '0123456789abcdef' }), /long enough/],
  ['clock', '59 s', answering(seconds(59)), /59|60 s apart/],
  ['clock', '59 s the other way', answering(seconds(-60)), /s apart/],
  ['queues', 'more than asked for', queue('queue', { visibilitySeconds: 43_200 }), /right/],
  ['queues', 'none is encrypted on this machine', queue('wakeQueue', { isEncrypted: null }), /right/],
  ['queues', 'one that is full', queue('queue', { waiting: 900 }), /900 callbacks/],
  ['schedule', 'due not quite 3 min ago', marker('115701'), /No task waits/],
  ['bucket', 'a policy of the owner’s own', bucketWith({ policy: policyWith({ Action: ['s3:*'] }) }), /TLS only/],
  ['backlog', '15 min', stack({ oldestSeconds: async () => 900 }), /900 s old/],
  ['backlog', 'no figure', stack({ oldestSeconds: async () => null }), /No callback has been waiting/],
  ['who hears them', 'one of two', stack({ listeners: async () => ({ confirmed: 1, pending: 1 }) }), /1 subscribed/],
];

test.each(right)('%s: %s is right', async (check, _, change, says) => {
  expect(await finding(check, change)).toEqual({ outcome: 'proved', detail: expect.stringMatching(says) });
});

const wrong: [check: string, why: string, change: Change, says: RegExp][] = [
  ['callback URL', 'another page', answering({ body: '<html>ready' }), /answered 200, not “ready”/],
  [
    'callback URL',
    'a wrong token that is let in',
    answering({ status: 200, body: '{"status":"ready"}' }),
    /instead of 404/,
  ],
  ['callback URL', 'a refusal', answering({ status: 403 }), /answered 403/],
  ['secret', 'no JSON', () => ({ secret: async () => token }), /no JSON/],
  ['secret', '15 characters', secret({ token: '0123456789abcde' }), /shorter than 16/],
  ['secret', 'what needs escaping', secret({ token: '0123456789abcdef/' }), /has others/],
  ['clock', '62 s', answering(seconds(62)), /more than a minute/],
  ['clock', '62 s the other way', answering(seconds(-62)), /more than a minute/],
  [
    'test callback',
    'a refusal',
    answering({ status: 401, body: 'the signature' }),
    /answered 401 instead of 200: the signature/,
  ],
  [
    'queues',
    'one second less',
    queue('queue', { visibilitySeconds: 5_399 }),
    /^The queue hides .* 5399 s instead of 5400/,
  ],
  ['queues', 'a day less', queue('deadLetterQueue', { retentionSeconds: 86_400 }), /^The dead-letter queue keeps/],
  ['queues', 'nothing is set aside', queue('wakeQueue', { redrive: null }), /^The wake queue does not set aside/],
  ['queues', 'another number', queue('queue', { redrive: { targetArn: 'x', maxReceiveCount: 100 } }), /set aside/],
  ['queues', 'plain text', queue('queue', { isEncrypted: false }), /is not encrypted/],
  ['dead-letter queue', 'one message', queue('deadLetterQueue', { waiting: 1 }), /about 1\./],
  ['schedule', 'due 3 min and a second ago', marker('115659'), /more than 3 min that were not woken: 1\./],
  [
    'sweeper',
    'it never runs',
    stack({ sweeps: async () => ({ times: 0, deployedAt: new Date(start - 301_000) }) }),
    /not started/,
  ],
  ['backlog', 'a second more than 15 min', stack({ oldestSeconds: async () => 901 }), /15 min old/],
  ['alarms', 'there are none', stack({ alarms: async () => [] }), /has no alarms/],
  [
    'alarms',
    'one rings and one is mute',
    stack({
      alarms: async () => [
        { name: 'Music-A', description: 'Look at it.', state: 'ALARM', hasActions: true },
        { name: 'Music-B', description: '', state: 'OK', hasActions: false },
      ],
    }),
    /^Music-A is in ALARM: Look at it\. Music-B notifies no one\.$/,
  ],
  ['who hears them', 'not yet', stack({ listeners: async () => ({ confirmed: 0, pending: 2 }) }), /has confirmed/],
  ['who hears them', 'no topic', stack({ alarmTopicArn: undefined }), /no topic/],
  ['bucket', 'public', bucketWith({ blocksPublicAccess: false }), /public access/],
  ['bucket', 'http', bucketWith({ policy: null }), /http/],
  [
    'bucket',
    'another policy',
    bucketWith({ policy: '{"Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*"}]}' }),
    /http/,
  ],
  [
    'bucket',
    'TLS that is refused',
    bucketWith({ policy: policyWith({ Condition: { Bool: { 'aws:SecureTransport': 'true' } } }) }),
    /http/,
  ],
  ['bucket', 'a policy that allows', bucketWith({ policy: policyWith({ Effect: 'Allow' }) }), /http/],
  [
    'bucket',
    'http for some',
    bucketWith({ policy: policyWith({ Principal: { AWS: 'arn:aws:iam::1:root' } }) }),
    /http/,
  ],
  ['bucket', 'http for some actions', bucketWith({ policy: policyWith({ Action: 's3:PutObject' }) }), /http/],
  ['bucket', 'no policy at all', bucketWith({ policy: 'x' }), /http/],
  ['bucket', 'plain text', bucketWith({ encryption: null }), /not encrypted/],
  ['bucket', 'no rule', bucketWith({ abortsUploadsAfterDays: null }), /unfinished uploads/],
  [
    'permissions',
    'too little',
    roleThat('Receiver sqs:SendMessage'),
    /^The Receiver may not sqs:SendMessage on queue\.$/,
  ],
  ['permissions', 'too much', roleThat('Archiver s3:DeleteObject'), /^The Archiver may s3:DeleteObject on library\/\./],
  [
    'permissions',
    'a curious sweeper',
    roleThat('Sweeper s3:GetObject'),
    /^The Sweeper may s3:GetObject on library\/\.$/,
  ],
];

test.each(wrong)('%s: %s is found out, with what to do', async (check, _, change, says) => {
  expect(await finding(check, change)).toEqual({
    outcome: 'failed',
    detail: expect.stringMatching(says),
    advice: expect.stringMatching(/.{20}/),
  });
});

test('a schedule that no one has worked off for days is not counted to its end', async () => {
  const crowded: Change = ({ bucket }) => ({
    bucket: {
      ...bucket,
      async *list(prefix) {
        if (prefix !== 'schedule/') return yield* bucket.list(prefix);
        for (let task = 0; task < 1_500; task++) yield `schedule/20261119T000000Z/task${task}`;
      },
    },
  });

  expect(await finding('schedule', crowded)).toMatchObject({
    outcome: 'failed',
    detail: 'Tasks due for more than 3 min that were not woken: 1000 or more.',
  });
});

test('alarms without a subscriber are reported, but are no failure', async () => {
  const listeners = async () => ({ confirmed: 0, pending: 0 });

  expect(await finding('who hears them', stack({ listeners }))).toEqual({
    outcome: 'not checked',
    detail: expect.stringMatching(/no subscriber.*aws sns subscribe/),
  });
});

test('a sweeper that was deployed only now is no fault: CloudWatch lags behind', async () => {
  const sweeps = async () => ({ times: 0, deployedAt: new Date(start - 290_000) });

  expect(await finding('sweeper', stack({ sweeps }))).toMatchObject({ outcome: 'not checked' });
});

test('kie.ai’s signature goes with the test callback where the secret has the key to it', async () => {
  const { deployment, posted } = healthyDeployment();

  await examined({ ...deployment, ...secret({ token, kieWebhookKey: 'key' })(deployment) });

  // The same by hand: printf '%s' "$taskId.1795262400" | openssl dgst -sha256 -hmac key -binary | base64
  expect(posted[0]?.headers).toMatchObject({
    'x-webhook-timestamp': String(start / 1000),
    'x-webhook-signature': expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
  });
});

test('without a key, nothing is signed', async () => {
  const { deployment, posted } = healthyDeployment();

  await examined(deployment);

  expect(posted[0]?.headers).toEqual({ 'content-type': 'application/json' });
});
