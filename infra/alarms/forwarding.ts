import { Duration, type Stack } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { emitted } from '../emitted-metrics.ts';
import { type AlarmProps, atLeast } from './alarm.ts';

/** Alarms for callbacks that the owner's endpoint does not accept. */
export function forwardingAlarms(stack: Stack) {
  return {
    ForwardingFails: {
      // Deliberately not the age of the oldest message: SQS ignores messages received more than three times.
      metric: emitted(stack, 'ForwardFailures', {}, { statistic: Stats.SUM, period: Duration.minutes(15) }),
      rings: atLeast(1),
      // As for ArchiverHindered: the message is redelivered after 1, 5 and 30 minutes.
      inPeriods: { atLeast: 2, of: 3 },
      // All were accepted.
      noFigures: 'all is well',
      impact: 'Your endpoint (forwardTo) does not take what is passed on to it; the music itself is stored.',
      runbook: 'forwarding-fails',
    },
  } satisfies Record<string, AlarmProps>;
}
