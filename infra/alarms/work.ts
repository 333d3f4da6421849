import { Duration, type Stack } from 'aws-cdk-lib';
import { MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { emitted } from '../emitted-metrics.ts';
import type { Watched } from '../watched.ts';
import { type AlarmProps, atLeast, atMost } from './alarm.ts';

const fiveMinutes = { statistic: Stats.SUM, period: Duration.minutes(5) };

/** Work that is late, set aside, or not done at all. */
export function workAlarms(stack: Stack, { queues, archiver, sweeper }: Watched) {
  return {
    WakesWait: {
      metric: queues.wakeQueue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(5) }),
      // Ten thousand tasks take an hour and a half (docs/scale.md); from six hours on they are woken a second time.
      rings: atLeast(Duration.hours(3).toSeconds()),
      // As of CallbacksWait.
      noFigures: 'all is well',
      impact: 'Tasks that are due have been waiting for three hours, so what failed is tried again late.',
      runbook: 'wakes-wait',
    },
    MessagesSetAside: {
      // Deliberately not NumberOfMessagesSent, which does not count what a queue sets aside by itself.
      metric: queues.deadLetterQueue.metricApproximateNumberOfMessagesVisible({
        statistic: Stats.MAXIMUM,
        period: Duration.minutes(5),
      }),
      rings: atLeast(1),
      // Empty for hours. While it holds a message, SQS tells.
      noFigures: 'all is well',
      impact:
        'Messages failed so often that they were set aside: nobody works on them, and after 14 days they are gone.',
      runbook: 'messages-set-aside',
    },
    ArchiverFails: {
      // What it notices itself, and what ends it: a timeout, no memory, a bundle that does not start.
      metric: new MathExpression({
        expression: 'SUM([FILL(noticed, 0), FILL(ended, 0)])',
        usingMetrics: {
          noticed: emitted(stack, 'ArchiverFailures', {}, fiveMinutes),
          ended: archiver.metricErrors(fiveMinutes),
        },
        period: fiveMinutes.period,
      }),
      // None is usual. One that comes back each minute is set aside within two hours.
      rings: atLeast(1),
      // Nothing was to be done.
      noFigures: 'all is well',
      impact: 'The archiver itself fails: the music of the message it failed on waits, and is not given up yet.',
      runbook: 'archiver-fails',
    },
    ArchiverHindered: {
      metric: emitted(stack, 'ArchiverHindrances', {}, { statistic: Stats.SUM, period: Duration.minutes(15) }),
      rings: atLeast(1),
      // A message that it cannot work off comes back after 1, 5 and 30 minutes: once is a moment, twice is an outage.
      inPeriods: { atLeast: 2, of: 3 },
      // Nothing hindered it.
      noFigures: 'all is well',
      impact: 'S3, SQS, Secrets Manager or EventBridge is down or refuses, so music waits, or nobody is told of it.',
      runbook: 'archiver-hindered',
    },
    SweeperStandsStill: {
      // It is started 15 times in that time, so one that fails now and then does not ring.
      metric: new MathExpression({
        expression: 'FILL(started, 0) - FILL(failed, 0)',
        usingMetrics: { started: sweeper.metricInvocations(fiveMinutes), failed: sweeper.metricErrors(fiveMinutes) },
        period: fiveMinutes.period,
      }),
      rings: atMost(0),
      inPeriods: { atLeast: 3, of: 3 },
      // It was not even started.
      noFigures: 'trouble',
      impact: 'Nothing that is due is begun: what failed once is not tried again, and no provider is asked.',
      runbook: 'sweeper-stands-still',
    },
  } satisfies Record<string, AlarmProps>;
}
