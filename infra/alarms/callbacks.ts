import { Duration, type Stack } from 'aws-cdk-lib';
import { MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { emitted } from '../emitted-metrics.ts';
import type { Watched } from '../watched.ts';
import { type AlarmProps, atLeast, atMost } from './alarm.ts';

const fiveMinutes = { statistic: Stats.SUM, period: Duration.minutes(5) };

/** Callbacks that get lost, wait, are not understood. */
export function callbackAlarms(stack: Stack, { api, queues }: Watched) {
  return {
    CallbacksUnanswered: {
      // A receiver that is throttled, times out or crashes is in it: API Gateway answers with 5xx for it.
      metric: api.metricServerError({ statistic: Stats.SUM, period: Duration.minutes(15) }),
      // Providers try three times, so one or two are made up for, and three can be a callback that is lost.
      rings: atLeast(3),
      // Nobody called.
      noFigures: 'all is well',
      impact: 'Providers got errors instead of a 200, and after three of them they give a callback up.',
      runbook: 'callbacks-unanswered',
    },
    CallersRefused: {
      metric: api.metricClientError(fiveMinutes),
      // Some thirty lost callbacks if it is the provider; a search engine or a scanner that strays in causes a few.
      rings: atLeast(100),
      // Nobody called.
      noFigures: 'all is well',
      impact: 'Somebody calls with a wrong token or too often; if it is your provider, its callbacks are being lost.',
      runbook: 'callers-refused',
    },
    CallbackUnrecognised: {
      metric: emitted(stack, 'Unrecognised', {}, fiveMinutes),
      rings: atLeast(1),
      // All were understood.
      noFigures: 'all is well',
      impact: 'A callback came that nobody understands: it is kept, but the music in it is not fetched.',
      runbook: 'callback-unrecognised',
      isEvent: true,
    },
    CallbacksWait: {
      metric: queues.queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(5) }),
      // A crash hides a message for 90 minutes, and the longest step takes 15: more than that is no single mishap. At ten
      // archivers it is a backlog of 14,000 songs (docs/scale.md).
      rings: atLeast(Duration.hours(2).toSeconds()),
      // The queue was empty for hours: SQS stops telling then.
      noFigures: 'all is well',
      impact: 'Callbacks have been waiting for two hours, and some of their links live for hours only.',
      runbook: 'callbacks-wait',
    },
  } satisfies Record<string, AlarmProps>;
}

/** Of a deployment that is in use: by default nobody knows how often that is. */
export function silenceAlarms(stack: Stack, days: number) {
  return {
    NoCallbacks: {
      // Filled, because CloudWatch looks farther back than it was told to while figures are missing.
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
      rings: atMost(0),
      inPeriods: { atLeast: 24 * days, of: 24 * days },
      // None ever came.
      noFigures: 'trouble',
      impact: `No callback has come for ${days === 1 ? 'a day' : `${days} days`}: music that you made since is not being kept.`,
      runbook: 'no-callbacks',
    },
  } satisfies Record<string, AlarmProps>;
}
