import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { limits } from '../../functions/domain/limits.ts';
import { type Measure, measures } from '../../functions/domain/metrics.ts';
import { runbookSections } from '../../infra/alarms/alarm.ts';
import { queueLimits, sweepSeconds } from '../../infra/shared-settings.ts';
import { isInAlarm } from './alarm-state.ts';
import { resourceOf, synthesized } from './synthesized.ts';

const figure = z.object({
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.unknown() })).default([]),
});
const alarmSchema = figure.partial().extend({
  AlarmName: z.string(),
  AlarmDescription: z.string(),
  Threshold: z.number(),
  ComparisonOperator: z.string(),
  EvaluationPeriods: z.number(),
  DatapointsToAlarm: z.number(),
  TreatMissingData: z.string(),
  Period: z.number().optional(),
  Statistic: z.string().optional(),
  Metrics: z
    .array(
      z.object({
        Expression: z.string().optional(),
        MetricStat: z.object({ Metric: figure, Period: z.number(), Stat: z.string() }).optional(),
      }),
    )
    .default([]),
});
type Alarm = z.output<typeof alarmSchema>;

function alarmsOf(template: Template): Alarm[] {
  const found = Object.values(template.findResources('AWS::CloudWatch::Alarm'));
  return found.map(({ Properties }) => alarmSchema.parse(Properties));
}
const withKeys = { 'trackkeeper:providerKeysSecretName': 'music/keys' };
const forwarding = { 'trackkeeper:forwardTo': 'https://music.example.com/hooks' };
const everything = { ...withKeys, ...forwarding, 'trackkeeper:quietAfterDays': 7 };
const template = synthesized(everything);
const alarms = alarmsOf(template);
const alarmNamed = (name: string, of = alarms) => {
  const found = of.find(({ AlarmName }) => AlarmName === `Trackkeeper-${name}`);
  if (found === undefined) throw new Error(`there is no alarm ${name}`);
  return found;
};
const namesOf = (context: Record<string, unknown>) => alarmsOf(synthesized(context)).map(({ AlarmName }) => AlarmName);

const [minute, hour, day] = [60, 60 * 60, 24 * 60 * 60];
const periodOf = ({ Period, Metrics }: Alarm) =>
  Period ?? Metrics.find((one) => one.MetricStat)?.MetricStat?.Period ?? 0;
const figuresOf = (alarm: Alarm) => [
  ...(alarm.MetricName === undefined ? [] : [figure.parse(alarm)]),
  ...alarm.Metrics.flatMap(({ MetricStat }) => (MetricStat === undefined ? [] : [MetricStat.Metric])),
];
const rows: [string, Alarm][] = alarms.map((alarm) => [alarm.AlarmName, alarm]);

describe('every alarm', () => {
  test.each(rows)('%s says in one sentence what is hurt, and leads to a section of the runbook', (_, alarm) => {
    const [, impact, section = ''] = /^(.+) What to do: docs\/runbook\.md#(\S+)$/.exec(alarm.AlarmDescription) ?? [];

    expect(impact).toMatch(/^[A-Z][^.]{40,}\.$/);
    expect(runbookSections).toContain(section);
  });

  test.each(rows)('%s looks back no farther than CloudWatch can', (_, alarm) => {
    const looksBack = periodOf(alarm) * alarm.EvaluationPeriods;

    expect(looksBack).toBeGreaterThan(0);
    expect(looksBack).toBeLessThanOrEqual(periodOf(alarm) < hour ? day : 7 * day);
    expect(alarm.DatapointsToAlarm).toBeLessThanOrEqual(alarm.EvaluationPeriods);
  });

  test.each(rows)('%s watches only what the functions emit or AWS has', (_, alarm) => {
    const watched = figuresOf(alarm);

    expect(watched).not.toEqual([]);
    expect(watched.filter((one) => !isEmitted(one) && !isOfAws(one))).toEqual([]);
  });

  test.each(rows)('%s tells the topic', (_, { AlarmName }) => {
    const topic = { Ref: resourceOf(template, 'AWS::SNS::Topic', 'Alarms').id };

    template.hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmName, AlarmActions: [topic] });
  });
});

type Figure = z.output<typeof figure>;

function isEmitted({ Namespace, MetricName, Dimensions }: Figure): boolean {
  const table: Measure[] = Object.values(measures);
  const by = table.find(({ metrics }) => Object.hasOwn(metrics, MetricName))?.by;
  const isKnown = table.some(({ metrics }) => Object.hasOwn(metrics, MetricName));
  const names = Dimensions.map(({ Name }) => Name).sort();
  const isOurs = Dimensions.some(({ Name, Value }) => Name === 'service' && Value === 'Trackkeeper');
  return Namespace === 'Trackkeeper' && isKnown && isOurs && names.join() === ['service', ...(by ?? [])].sort().join();
}

/** As AWS documents them, each with the one dimension that tells whose it is. */
const ofAws: Record<string, { by: string; names: string[] }> = {
  'AWS/SQS': { by: 'QueueName', names: ['ApproximateAgeOfOldestMessage', 'ApproximateNumberOfMessagesVisible'] },
  'AWS/ApiGateway': { by: 'ApiId', names: ['4xx', '5xx'] },
  'AWS/Lambda': { by: 'FunctionName', names: ['Errors', 'Invocations'] },
};
function isOfAws({ Namespace, MetricName, Dimensions }: Figure): boolean {
  const known = ofAws[Namespace];
  return known?.names.includes(MetricName) === true && Dimensions.map(({ Name }) => Name).join() === known.by;
}

test('a figure that no one emits is found', () => {
  const service = { Name: 'service', Value: 'Trackkeeper' };
  const verdict = { Name: 'verdict', Value: 'stored' };

  expect(isEmitted({ Namespace: 'Trackkeeper', MetricName: 'Transfers', Dimensions: [service, verdict] })).toBe(true);
  expect(isEmitted({ Namespace: 'Trackkeeper', MetricName: 'Transfers', Dimensions: [service] })).toBe(false);
  expect(isEmitted({ Namespace: 'Trackkeeper', MetricName: 'Songs', Dimensions: [service] })).toBe(false);
  expect(isOfAws({ Namespace: 'AWS/SQS', MetricName: '5xx', Dimensions: [{ Name: 'QueueName', Value: '' }] })).toBe(
    false,
  );
});

describe('the runbook', () => {
  const runbook = readFileSync(join(import.meta.dirname, '../../docs/runbook.md'), 'utf8');
  const chapters = runbook.split(/^## /m).slice(1);
  const anchorOf = (chapter: string) => (chapter.split('\n')[0] ?? '').toLowerCase().replaceAll(' ', '-');

  test('has a section for each alarm, in the order of the table, and nothing else but how to look', () => {
    expect(chapters.map(anchorOf)).toEqual(['how-to-look', ...runbookSections]);
  });

  test('has no section that no alarm leads to', () => {
    const led = alarms.map(({ AlarmDescription }) => AlarmDescription.split('#')[1] ?? '');

    expect(runbookSections.filter((section) => !led.includes(section))).toEqual([]);
  });

  test.each(rows)('names %s in its section', (_, { AlarmName, AlarmDescription }) => {
    const section = chapters.find((chapter) => anchorOf(chapter) === AlarmDescription.split('#')[1]);

    expect(section).toContain(`\`${AlarmName.replace('Trackkeeper-', '')}\``);
  });
});

describe('P9: a task at risk', () => {
  const atRisk = alarmNamed('TaskAtRisk');
  const inItsLastDay = alarmNamed('TaskInItsLastDay');
  const [risk, last] = limits.riskMs.map((ms) => ms / 1_000 / hour);
  const quarterDays = (hours: number) => hours / 6;

  test.each([
    [risk, atRisk],
    [last, inItsLastDay],
  ] as const)('is in ALARM at its threshold of %s hours', (mark = 0, alarm) => {
    // At the mark itself, or a moment later; rounded down, a task that is an hour away from it may ring, too.
    expect([mark, mark - 1].map((hours) => isInAlarm(alarm, [hours]))).toEqual([true, true]);
    expect(isInAlarm(alarm, [mark + 1])).toBe(false);
  });

  test('stays in ALARM while the task is open, from one daily figure to the next, and for one that is hours late', () => {
    const untilNext = quarterDays(24);
    const figures = [70, ...Array.from({ length: untilNext }, () => null)];

    expect(figures.map((_, now) => isInAlarm(atRisk, figures.slice(0, now + 1)))).toEqual(figures.map(() => true));
  });

  test('is quiet within a day and a half of its end', () => {
    const figures = [70, ...Array.from({ length: quarterDays(36) - 1 }, () => null)];

    expect(isInAlarm(atRisk, figures)).toBe(false);
  });

  test('is in ALARM by the nearest deadline, however many tasks are far from theirs', () => {
    expect(atRisk.Statistic).toBe('Minimum');
  });
});

describe('callbacks', () => {
  test('an event that is accepted at its third delivery raises no alarm, and one that fails three times does', () => {
    const alarm = alarmNamed('CallbacksUnanswered');

    expect([isInAlarm(alarm, [2]), isInAlarm(alarm, [3])]).toEqual([false, true]);
  });

  test('that a crash hides are not called late, and what waits longer is', () => {
    const longest = queueLimits.visibilitySeconds + 15 * minute;

    expect([
      isInAlarm(alarmNamed('CallbacksWait'), [longest]),
      isInAlarm(alarmNamed('CallbacksWait'), [2 * hour]),
    ]).toEqual([false, true]);
  });

  test('that do not come for the configured number of days raise the alarm, and one of them ends it', () => {
    const alarm = alarmNamed('NoCallbacks', alarmsOf(synthesized({ 'trackkeeper:quietAfterDays': 2 })));
    const hours = (count: number) => Array.from({ length: count }, () => 0);

    expect(periodOf(alarm)).toBe(hour);
    expect([isInAlarm(alarm, hours(48)), isInAlarm(alarm, [1, ...hours(47)])]).toEqual([true, false]);
    expect(alarm.AlarmDescription).toContain('for 2 days');
  });
});

describe('the sweeper', () => {
  const alarm = alarmNamed('SweeperStandsStill');
  const sweeps = periodOf(alarm) / sweepSeconds;

  test('raises the alarm if it did not succeed once in a quarter of an hour, and if it was not started', () => {
    expect(periodOf(alarm) * alarm.EvaluationPeriods).toBe(15 * minute);
    expect([isInAlarm(alarm, [0, 0, 0]), isInAlarm(alarm, [null, null, null])]).toEqual([true, true]);
    expect(alarm.Metrics.map(({ Expression }) => Expression)).toContain('FILL(started, 0) - FILL(failed, 0)');
  });

  test('may fail now and then', () => {
    expect(isInAlarm(alarm, [sweeps - 1, 0, 1])).toBe(false);
  });
});

describe('the archiver', () => {
  test('fails by what it notices, and by what ends it before it can', () => {
    const names = figuresOf(alarmNamed('ArchiverFails')).map(({ MetricName }) => MetricName);

    expect(names).toEqual(['ArchiverFailures', 'Errors']);
  });

  test('is hindered when it is for half an hour, not for a moment', () => {
    const alarm = alarmNamed('ArchiverHindered');

    // As one message comes back: after 1, 5 and 30 minutes, in periods of 15.
    expect([isInAlarm(alarm, [3]), isInAlarm(alarm, [3, null, 1])]).toEqual([false, true]);
  });
});

test('what is set aside rings as long as it lies there', () => {
  const { id } = resourceOf(template, 'AWS::SQS::Queue', 'DeadLetterQueue');
  const alarm = alarmNamed('MessagesSetAside');

  expect(figuresOf(alarm)).toEqual([
    {
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [id, 'QueueName'] } }],
    },
  ]);
  expect([isInAlarm(alarm, [1]), isInAlarm(alarm, [0]), isInAlarm(alarm, [null])]).toEqual([true, false, false]);
});

test('the alarm about refusals by providers exists only if a provider key is configured', () => {
  const ofProviders = ['Trackkeeper-KeyRefused', 'Trackkeeper-NoCredits'];

  expect(namesOf({})).not.toEqual(expect.arrayContaining([expect.stringMatching(/KeyRefused|NoCredits/)]));
  expect(namesOf(withKeys)).toEqual(expect.arrayContaining(ofProviders));
});

test('a refusal rings until the provider, which is asked once an hour then, answers', () => {
  const alarm = alarmNamed('KeyRefused');

  // An hour and up to a fifth of it: sometimes an hour has no question.
  expect([isInAlarm(alarm, [1]), isInAlarm(alarm, [1, null]), isInAlarm(alarm, [1, null, null, null])]).toEqual([
    true,
    true,
    false,
  ]);
});

test('the alarm about the webhook exists only if a webhook is configured', () => {
  const alarm = alarmNamed('ForwardingFails');

  expect(namesOf({})).not.toContain('Trackkeeper-ForwardingFails');
  expect(namesOf(forwarding)).toContain('Trackkeeper-ForwardingFails');
  // As one message comes back: after 1, 5 and 30 minutes, in periods of 15.
  expect([isInAlarm(alarm, [3]), isInAlarm(alarm, [3, null, 1])]).toEqual([false, true]);
});

test('silence is no alarm unless the owner says so', () => {
  expect(namesOf({})).not.toContain('Trackkeeper-NoCallbacks');
});

describe('the topic', () => {
  const { id } = resourceOf(template, 'AWS::SNS::Topic', 'Alarms');

  test('takes what the alarms of this account say, and nothing without TLS', () => {
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      Topics: [{ Ref: id }],
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          {
            Sid: 'AllowAlarms',
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: 'sns:Publish',
            Resource: { Ref: id },
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          },
        ]),
      },
    });
  });

  test('has no key of SNS, which CloudWatch could not use', () => {
    template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.absent() });
  });

  test('mails to the address that the owner names, and to no one else', () => {
    const mailed = synthesized({ 'trackkeeper:alarmEmail': 'me@example.com' });

    template.resourceCountIs('AWS::SNS::Subscription', 0);
    mailed.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'me@example.com' });
  });

  test('is printed after a deployment', () => {
    template.hasOutput('AlarmTopicArn', { Value: { Ref: id } });
  });
});
