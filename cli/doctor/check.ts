import type { Finding } from './finding.ts';
import type { ExaminedStack, Patient } from './target.ts';
import type { TestTask } from './task/test-task.ts';

export type Examination = {
  patient: Patient;
  testTask: TestTask;
  now(): Date;
  /** Aborted when the time is up or the user presses Ctrl-C: no further step is started. */
  signal: AbortSignal;
};

/** `needs`: the AWS permission that the check uses. */
type Named = { name: string; needs: string };
export type Check = Named & { prove(examination: Examination): Promise<Finding> };
/** Only for a stack in AWS. */
export type StackCheck = Named & { prove(stack: ExaminedStack, examination: Examination): Promise<Finding> };
