import type { StartProgress } from '../../client/progress.ts';
import { readRecords } from '../../client/read-records.ts';
import type { BucketReader } from '../../client/target.ts';
import type { TaskRecord } from '../../functions/domain/record.ts';
import { isOpen } from '../../functions/domain/task-state.ts';

/** The label, and the query parameter of the callBackUrl, that names the recovered task. */
export const recoveryLabel = 'recoveryOf';

type Deps = { bucket: BucketReader; progress: StartProgress };

/**
 * A recovery of this task that is running or has delivered its files, or one that may be: a recovery announced
 * without the label is known only after its callback.
 */
export async function earlierRecovery(taskId: string, deps: Deps): Promise<TaskRecord | undefined> {
  const found: TaskRecord[] = [];
  await readRecords(deps, (record) => {
    const of = record.labels[recoveryLabel];
    const mayBe = of === undefined && record.kind === 'recovery' && isOpen(record);
    if (mayBe || (of === taskId && record.status !== 'failed')) found.push(record);
  });
  return found.find(({ labels }) => labels[recoveryLabel] === taskId) ?? found[0];
}
