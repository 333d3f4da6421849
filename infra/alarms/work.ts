import { Duration, type Stack } from 'aws-cdk-lib';
import { MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { MonitoredResources } from '../dashboard.ts';
import { emitted } from '../emitted-metrics.ts';
import { type AlarmProps, atLeast, atMost } from './alarm.ts';

const fiveMinutes = { statistic: Stats.SUM, period: Duration.minutes(5) };

/** Alarms for work that is late, moved to the dead-letter queue, or not done at all. */
export function workAlarms(stack: Stack, { queues, archiver, sweeper }: MonitoredResources) {
  return {
    WakesWait: {
      metric: queues.wakeQueue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(5) }),
      // Ten thousand tasks take an hour and a half (docs/scale.md); after six hours their safety markers wake them a
      // second time.
      threshold: atLeast(Duration.hours(3).toSeconds()),
      // As for CallbacksWait.
      missingData: 'ok',
      impact: 'Tasks that are due have been waiting for three hours, so what failed is tried again late.',
      runbook: 'wakes-wait',
    },
    MessagesSetAside: {
      // Deliberately not NumberOfMessagesSent, which excludes messages that the redrive policy moves.
      metric: queues.deadLetterQueue.metricApproximateNumberOfMessagesVisible({
        statistic: Stats.MAXIMUM,
        period: Duration.minutes(5),
      }),
      threshold: atLeast(1),
      // The queue was empty for hours. While it holds a message, SQS reports its size.
      missingData: 'ok',
      impact:
        'Messages failed so often that they are in the dead-letter queue: nothing processes them, and after 14 days they are deleted.',
      runbook: 'messages-set-aside',
    },
    ArchiverFails: {
      // Errors that the function reports, and those that end it: a timeout, no memory, a bundle that does not load.
      metric: new MathExpression({
        expression: 'SUM([FILL(noticed, 0), FILL(ended, 0)])',
        usingMetrics: {
          noticed: emitted(stack, 'ArchiverFailures', {}, fiveMinutes),
          ended: archiver.metricErrors(fiveMinutes),
        },
        period: fiveMinutes.period,
      }),
      // Normally none. A message that fails every minute reaches the dead-letter queue within two hours.
      threshold: atLeast(1),
      // No work.
      missingData: 'ok',
      impact: 'The archiver itself fails: the music of the message it failed on waits, and is not given up yet.',
      runbook: 'archiver-fails',
    },
    ArchiverHindered: {
      metric: emitted(stack, 'ArchiverHindrances', {}, { statistic: Stats.SUM, period: Duration.minutes(15) }),
      threshold: atLeast(1),
      // A message that cannot be processed is redelivered after 1, 5 and 30 minutes: one failure is a moment, two are
      // an outage.
      inPeriods: { atLeast: 2, of: 3 },
      // No failures.
      missingData: 'ok',
      impact:
        'S3, SQS, Secrets Manager or EventBridge is down or rejects requests, so music waits, or its events are not sent.',
      runbook: 'archiver-hindered',
    },
    SweeperStandsStill: {
      // The sweeper runs 15 times in this period, so a single failure does not trigger the alarm.
      metric: new MathExpression({
        expression: 'FILL(started, 0) - FILL(failed, 0)',
        usingMetrics: { started: sweeper.metricInvocations(fiveMinutes), failed: sweeper.metricErrors(fiveMinutes) },
        period: fiveMinutes.period,
      }),
      threshold: atMost(0),
      inPeriods: { atLeast: 3, of: 3 },
      // The sweeper was not started at all.
      missingData: 'alarm',
      impact: 'Due tasks are not woken: failed files are not retried, and no provider is polled.',
      runbook: 'sweeper-stands-still',
    },
  } satisfies Record<string, AlarmProps>;
}

/** Alarms for callbacks that the owner's endpoint does not accept. */
export function forwardingAlarms(stack: Stack) {
  return {
    ForwardingFails: {
      // Deliberately not the age of the oldest message: SQS ignores messages received more than three times.
      metric: emitted(stack, 'ForwardFailures', {}, { statistic: Stats.SUM, period: Duration.minutes(15) }),
      threshold: atLeast(1),
      // As for ArchiverHindered: the message is redelivered after 1, 5 and 30 minutes.
      inPeriods: { atLeast: 2, of: 3 },
      // All were accepted.
      missingData: 'ok',
      impact: 'Your endpoint (forwardTo) does not accept forwarded callbacks; the music itself is stored.',
      runbook: 'forwarding-fails',
    },
  } satisfies Record<string, AlarmProps>;
}

/** Alarms for providers that reject polling. No data without an API key. */
export function providerAlarms(stack: Stack) {
  const hourly = { statistic: Stats.SUM, period: Duration.hours(1) };
  // A provider that rejected a poll is polled again after 60 to 72 minutes, so the alarm lasts until it answers.
  const untilAnswered = { threshold: atLeast(1), inPeriods: { atLeast: 1, of: 3 } };
  return {
    KeyRefused: {
      metric: emitted(stack, 'ProviderRefusals', { refusal: 'key' }, hourly),
      ...untilAnswered,
      // Every poll was answered.
      missingData: 'ok',
      impact: 'A provider does not accept your API key, so lost callbacks and dead links are not made up for.',
      runbook: 'key-refused',
    },
    NoCredits: {
      metric: emitted(stack, 'ProviderRefusals', { refusal: 'credits' }, hourly),
      ...untilAnswered,
      // As above.
      missingData: 'ok',
      impact: 'An account has no credits left, so its provider does not answer for lost callbacks and dead links.',
      runbook: 'no-credits',
    },
  } satisfies Record<string, AlarmProps>;
}
