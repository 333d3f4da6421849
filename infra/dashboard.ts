// The CloudWatch dashboard: at the top it answers "is all my music safe?", below it has the details.
import { Duration, type Stack } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  SingleValueWidget,
  Stats,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Config } from './config.ts';
import { allEmitted, emitted } from './emitted-metrics.ts';
import type { StackQueues } from './queues.ts';

/** The stack's resources that have metrics of their own in CloudWatch. */
export type MonitoredResources = {
  queues: StackQueues;
  api: HttpApi;
  receiver: LambdaFunction;
  archiver: LambdaFunction;
  sweeper: LambdaFunction;
};

type Shown = MonitoredResources & { alarms: Alarm[] };

const howToRead = `## Is all my music safe?
**Yes, if none of the alarms below is red.** What a red one means and what to do about it is in its description and in
\`docs/runbook.md\`. Of each task: \`npx trackkeeper status\`.`;

/** The number of columns of a dashboard. */
const all = 24;

export function defineDashboard(stack: Stack, { dashboard }: Config, shown: Shown): void {
  if (!dashboard) return;
  new Dashboard(stack, 'Dashboard', {
    dashboardName: stack.stackName,
    // An open task reports its deadline once a day.
    defaultInterval: Duration.days(1),
    widgets: [
      [new TextWidget({ markdown: howToRead, width: all, height: 3 })],
      [new AlarmStatusWidget({ title: 'Alarms', alarms: shown.alarms, width: all, height: 4 })],
      answers(stack, shown),
      flow(stack),
      waits(stack, shown),
      functions(shown),
    ],
  });
}

function answers(stack: Stack, { queues }: Shown) {
  const daily = { statistic: Stats.SUM, period: Duration.days(1) };
  const hours = { statistic: Stats.MINIMUM, period: Duration.days(1), label: 'hours' };
  const openTasks = { statistic: Stats.MAXIMUM, period: Duration.hours(1), label: 'tasks' };
  return [
    number('Hours to the nearest deadline (reported once a day)', emitted(stack, 'HoursToDeadline', {}, hours)),
    number('Open tasks (counted once an hour)', emitted(stack, 'OpenTasks', {}, openTasks)),
    number(
      'Messages set aside',
      queues.deadLetterQueue.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM, label: 'messages' }),
    ),
    number(
      'Files quarantined today',
      emitted(stack, 'Transfers', { verdict: 'quarantined' }, { ...daily, label: 'files' }),
    ),
  ];
}

function number(title: string, metric: IMetric) {
  return new SingleValueWidget({ title, metrics: [metric], width: all / 4, height: 4 });
}

const hourly = { statistic: Stats.SUM, period: Duration.hours(1) };

/** Searches, so that new kinds and verdicts get a line, too. */
function flow(stack: Stack) {
  return [
    graph('Callbacks, by kind and stage', allEmitted(stack, 'Callbacks', hourly)),
    graph('Transfers, by verdict', allEmitted(stack, 'Transfers', hourly)),
    graph('Bytes', allEmitted(stack, 'Bytes', hourly)),
  ];
}

function graph(title: string, ...left: IMetric[]) {
  return new GraphWidget({ title, left, leftYAxis: { min: 0 }, width: all / 3, height: 6 });
}

function waits(stack: Stack, { queues, api }: Shown) {
  const fiveMinutes = { period: Duration.minutes(5) };
  const p99 = { statistic: Stats.percentile(99), ...fiveMinutes };
  return [
    graph('What a provider waits for, ms (p99)', allEmitted(stack, 'AckTime', p99)),
    graph('Requests answered with an error', api.metricClientError(hourly), api.metricServerError(hourly)),
    graph(
      'Age of the oldest message, s',
      queues.queue.metricApproximateAgeOfOldestMessage({ ...fiveMinutes, label: 'callbacks' }),
      queues.wakeQueue.metricApproximateAgeOfOldestMessage({ ...fiveMinutes, label: 'due tasks' }),
    ),
  ];
}

function functions({ receiver, archiver, sweeper }: Shown) {
  const each = Object.entries({ receiver, archiver, sweeper });
  const p99 = { statistic: Stats.percentile(99), period: Duration.hours(1) };
  return [
    graph('Crashes and timeouts', ...each.map(([label, one]) => one.metricErrors({ ...hourly, label }))),
    graph('Duration, ms (p99)', ...each.map(([label, one]) => one.metricDuration({ ...p99, label }))),
    graph('Throttled', ...each.map(([label, one]) => one.metricThrottles({ ...hourly, label }))),
  ];
}
