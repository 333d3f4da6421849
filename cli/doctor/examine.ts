// Runs all checks concurrently, each until it ends or its time is up; then removes the test task, whatever the
// result.
import type { DoctorCheck, Examination } from './check.ts';
import { checks, stackChecks } from './checks.ts';
import { cleanUp } from './clean-up.ts';
import { type CheckFinding, doctorLimits, failed, notChecked } from './finding.ts';
import type { DoctorTarget } from './target.ts';
import { createTestTask } from './task/test-task.ts';

export type Examined = { name: string; finding: CheckFinding };

type ExamineOptions = {
  now(): Date;
  wait(ms: number, signal?: AbortSignal): Promise<void>;
  /** Aborted by Ctrl-C. */
  interrupted: AbortSignal;
  onProgress(done: number, total: number): void;
};

export async function examine(
  deployment: DoctorTarget,
  { now, wait, interrupted, onProgress }: ExamineOptions,
): Promise<Examined[]> {
  const timeIsUp = new AbortController();
  const isDone = new AbortController();
  const signal = AbortSignal.any([timeIsUp.signal, interrupted]);
  void wait(doctorLimits.checksMs, isDone.signal).then(() => timeIsUp.abort());

  const testTask = createTestTask(deployment, { now, wait, signal });
  const examination: Examination = { deployment, testTask, now, signal };
  const table = [...checks, ...checksOf(deployment)];
  const over = ended(signal, interrupted);
  let done = 0;
  onProgress(done, table.length + 1);
  const examined = await Promise.all(
    table.map(async (check) => {
      const finding = await Promise.race([findingOf(check, examination), over]);
      onProgress(++done, table.length + 1);
      return { name: check.name, finding };
    }),
  );
  const cleaning = cleanUp(testTask, { bucket: deployment.bucket, wait }).catch(asFinding(cleaningNeeds));
  const finding = await Promise.race([cleaning, tooLong(wait(doctorLimits.cleanUpMs, isDone.signal), testTask.taskId)]);
  isDone.abort();
  return [...examined, { name: 'cleaned up', finding }];
}

const cleaningNeeds = 's3:ListBucket, s3:GetObject, s3:DeleteObject';

function checksOf({ stack }: DoctorTarget): DoctorCheck[] {
  if (stack === null) return [];
  return stackChecks.map(({ prove, ...check }) => ({ ...check, prove: (examination) => prove(stack, examination) }));
}

async function findingOf({ prove, needs }: DoctorCheck, examination: Examination): Promise<CheckFinding> {
  return await prove(examination).catch(asFinding(needs));
}

/** A missing permission means "not checked"; any other error means "failed". */
const asFinding =
  (needs: string) =>
  (error: unknown): CheckFinding => {
    if (isForbidden(error)) return notChecked(`These credentials may not do it: it takes ${needs}.`);
    const said = error instanceof Error ? error.message : String(error);
    return failed(said, 'Run it again. If it stays so: is the deployment there, and the network of this machine?');
  };

function isForbidden(error: unknown): boolean {
  return error instanceof Error && /AccessDenied|AuthorizationError|UnauthorizedOperation/.test(error.name);
}

function ended(signal: AbortSignal, interrupted: AbortSignal): Promise<CheckFinding> {
  const finding = () =>
    interrupted.aborted
      ? failed('It was interrupted.', 'Run it again.')
      : failed(`It had not ended after ${doctorLimits.checksMs / 1000} s.`, 'Run it again; is the network slow?');
  if (signal.aborted) return Promise.resolve(finding());
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(finding()), { once: true }));
}

async function tooLong(time: Promise<void>, taskId: string): Promise<CheckFinding> {
  await time;
  return failed(
    `It could not be ended within ${doctorLimits.cleanUpMs / 1000} s.`,
    `What holds ${taskId} in its key, and the file in library/ that tasks/${taskId}.json names, may be removed.`,
  );
}
