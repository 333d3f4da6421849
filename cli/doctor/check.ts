import type { CheckFinding } from './finding.ts';
import type { DoctorTarget, ExaminedStack } from './target.ts';
import type { TestTask } from './task/test-task.ts';

export type Examination = {
  deployment: DoctorTarget;
  testTask: TestTask;
  now(): Date;
  /** Aborted when the time is up or the user presses Ctrl-C: no further step is started. */
  signal: AbortSignal;
};

/** `needs`: the AWS permission that the check uses. */
type Named = { name: string; needs: string };
export type DoctorCheck = Named & { prove(examination: Examination): Promise<CheckFinding> };
/** Only for a stack in AWS. */
export type StackCheck = Named & { prove(stack: ExaminedStack, examination: Examination): Promise<CheckFinding> };
