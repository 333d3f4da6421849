import type { Finding } from './finding.ts';
import type { ExaminedStack, Patient } from './patient.ts';
import type { TestTask } from './task/test-task.ts';

export type Examination = {
  patient: Patient;
  testTask: TestTask;
  now(): Date;
  /** Aborted when the time is up, or somebody pressed Ctrl-C: nothing new is begun. */
  signal: AbortSignal;
};

/** `needs`: what the credentials must allow in AWS. */
type Named = { name: string; needs: string };
export type Check = Named & { prove(examination: Examination): Promise<Finding> };
/** Of the stack in AWS only. */
export type StackCheck = Named & { prove(stack: ExaminedStack, examination: Examination): Promise<Finding> };
