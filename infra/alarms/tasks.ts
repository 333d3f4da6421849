import { Duration, type Stack } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { emitted } from '../emitted-metrics.ts';
import { type AlarmProps, atLeast, atMost } from './alarm.ts';

/** Alarms for music that may be lost, or that arrived damaged. */
export function taskAlarms(stack: Stack) {
  /**
   * An open task reports its remaining hours at least once a day, at whole days before its deadline. The last 30
   * hours therefore always contain data of an open task, even a late one, and none of a task that is closed by then.
   */
  const whileOpen = {
    metric: emitted(stack, 'HoursToDeadline', {}, { statistic: Stats.MINIMUM, period: Duration.hours(6) }),
    inPeriods: { atLeast: 1, of: 5 },
    // No task is open.
    missingData: 'ok',
    runbook: 'task-at-risk',
  } as const;
  return {
    // The thresholds are those of `riskMs` in functions/domain/limits.ts. Hours are reported as whole numbers,
    // rounded down.
    TaskAtRisk: {
      ...whileOpen,
      threshold: atMost(72),
      impact: "Music is still not stored, and within three days the provider's links to it are dead.",
    },
    TaskInItsLastDay: {
      ...whileOpen,
      threshold: atMost(24),
      impact: "Music is still not stored, and within a day the provider's links to it are dead.",
    },
    MusicLost: {
      metric: emitted(stack, 'Lost', {}, { statistic: Stats.SUM, period: Duration.minutes(5) }),
      threshold: atLeast(1),
      // No task failed.
      missingData: 'ok',
      impact: 'Files could not be fetched from any of their links, or a task had no further callback: they are lost.',
      runbook: 'music-lost',
      isEvent: true,
    },
    MusicRefused: {
      metric: emitted(stack, 'Refused', {}, { statistic: Stats.SUM, period: Duration.minutes(5) }),
      threshold: atLeast(1),
      // Every link serves its file.
      missingData: 'ok',
      impact: 'Every link to a file has refused it for six hours: it is tried to its deadline, but may be lost.',
      runbook: 'music-refused',
      isEvent: true,
    },
    FileSuspect: {
      metric: emitted(stack, 'Suspect', {}, { statistic: Stats.SUM, period: Duration.minutes(5) }),
      threshold: atLeast(1),
      // Every stored file is as promised.
      missingData: 'ok',
      impact: 'A stored file is not as long as the provider promised: it may be a preview or incomplete.',
      runbook: 'file-suspect',
      isEvent: true,
    },
    FileQuarantined: {
      metric: emitted(
        stack,
        'Transfers',
        { verdict: 'quarantined' },
        { statistic: Stats.SUM, period: Duration.minutes(5) },
      ),
      threshold: atLeast(1),
      // Nothing was quarantined.
      missingData: 'ok',
      impact:
        'A link delivered something that is not complete media of its kind, so it is in quarantine and not in your library.',
      runbook: 'file-quarantined',
      isEvent: true,
    },
  } satisfies Record<string, AlarmProps>;
}
