import { Duration, type Stack } from 'aws-cdk-lib';
import { MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { MonitoredResources } from '../dashboard.ts';
import { emitted } from '../emitted-metrics.ts';
import { type AlarmProps, atLeast, atMost } from './alarm.ts';

const fiveMinutes = { statistic: Stats.SUM, period: Duration.minutes(5) };

/** Alarms for callbacks that are lost, delayed or not understood. */
export function callbackAlarms(stack: Stack, { api, queues }: MonitoredResources) {
  return {
    CallbacksUnanswered: {
      // Includes a receiver that is throttled, times out or crashes: API Gateway then responds with 5xx.
      metric: api.metricServerError({ statistic: Stats.SUM, period: Duration.minutes(15) }),
      // Providers try three times, so one or two errors are made good, but three can mean a lost callback.
      threshold: atLeast(3),
      // No requests.
      missingData: 'ok',
      impact: 'Providers got errors instead of a 200, and after three of them they give a callback up.',
      runbook: 'callbacks-unanswered',
    },
    CallersRefused: {
      metric: api.metricClientError(fiveMinutes),
      // About thirty lost callbacks if the caller is the provider; a search engine or a scanner causes only a few.
      threshold: atLeast(100),
      // No requests.
      missingData: 'ok',
      impact:
        'Requests arrive with a wrong token or too often; if they are calls of your provider, its callbacks are being lost.',
      runbook: 'callers-refused',
    },
    CallbackUnrecognised: {
      metric: emitted(stack, 'Unrecognised', {}, fiveMinutes),
      threshold: atLeast(1),
      // All callbacks were understood.
      missingData: 'ok',
      impact: 'A callback was not understood: it is stored, but its music is not fetched.',
      runbook: 'callback-unrecognised',
      isEvent: true,
    },
    CallbacksWait: {
      metric: queues.queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(5) }),
      // A crash hides a message for 90 minutes and the longest invocation takes 15, so a longer delay is no single
      // failure. With ten archivers this is a backlog of 14,000 songs (docs/scale.md).
      threshold: atLeast(Duration.hours(2).toSeconds()),
      // SQS reports no age after hours with an empty queue.
      missingData: 'ok',
      impact: 'Callbacks have been waiting for two hours, and some of their links live for hours only.',
      runbook: 'callbacks-wait',
    },
  } satisfies Record<string, AlarmProps>;
}

/** Only for deployments in regular use: the expected interval between callbacks is the owner's setting. */
export function silenceAlarms(stack: Stack, days: number) {
  return {
    NoCallbacks: {
      // Filled with zeros, because CloudWatch looks at earlier periods while data are missing.
      metric: new MathExpression({
        expression: 'FILL(received, 0)',
        usingMetrics: {
          received: emitted(
            stack,
            'Answers',
            { outcome: 'received' },
            { statistic: Stats.SUM, period: Duration.hours(1) },
          ),
        },
        period: Duration.hours(1),
      }),
      threshold: atMost(0),
      inPeriods: { atLeast: 24 * days, of: 24 * days },
      // No request ever arrived.
      missingData: 'alarm',
      impact: `No callback has arrived for ${days === 1 ? 'a day' : `${days} days`}: music that you made since is not being kept.`,
      runbook: 'no-callbacks',
    },
  } satisfies Record<string, AlarmProps>;
}
