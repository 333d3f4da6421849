import { Duration, type Stack } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { emitted } from '../emitted-metrics.ts';
import { type AlarmProps, atLeast } from './alarm.ts';

/** Alarms for providers that reject polling. No data without an API key. */
export function providerAlarms(stack: Stack) {
  const hourly = { statistic: Stats.SUM, period: Duration.hours(1) };
  // A provider that rejected a poll is polled again after 60 to 72 minutes, so the alarm lasts until it answers.
  const untilAnswered = { rings: atLeast(1), inPeriods: { atLeast: 1, of: 3 } };
  return {
    KeyRefused: {
      metric: emitted(stack, 'ProviderRefusals', { refusal: 'key' }, hourly),
      ...untilAnswered,
      // Every poll was answered.
      noFigures: 'all is well',
      impact: 'A provider does not accept your API key, so lost callbacks and dead links are not made up for.',
      runbook: 'key-refused',
    },
    NoCredits: {
      metric: emitted(stack, 'ProviderRefusals', { refusal: 'credits' }, hourly),
      ...untilAnswered,
      // As above.
      noFigures: 'all is well',
      impact: 'An account has no credits left, so its provider does not answer for lost callbacks and dead links.',
      runbook: 'no-credits',
    },
  } satisfies Record<string, AlarmProps>;
}
