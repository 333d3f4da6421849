// Removes what the test task left, and nothing else: every key contains the task's id, or is named by its record and
// has the id in its metadata.
import { recordKey } from '../../functions/domain/object-key.ts';
import { markerOf, scheduleFolder } from '../../functions/domain/schedule.ts';
import { type CheckFinding, doctorLimits, failed, proved } from './finding.ts';
import type { ExaminedBucket } from './target.ts';
import type { TestTask } from './task/test-task.ts';
import { readTestRecord } from './task/test-task.ts';

type Tools = { bucket: ExaminedBucket; wait(ms: number): Promise<void> };

const looksAtMost = 5;
const foldersOfTasks = ['incoming', 'callbacks', 'answers', 'quarantine'] as const;

export async function cleanUp({ taskId, isUnderWay }: TestTask, { bucket, wait }: Tools): Promise<CheckFinding> {
  const folders = new Set<string>();
  const removed = new Set<string>();
  const stuck = new Map<string, string>();
  let oldVersions = 0;

  const remove = async (key: string) => {
    try {
      if (await bucket.remove(key)) oldVersions += 1;
      removed.add(key);
    } catch (error) {
      stuck.set(key, error instanceof Error ? error.message : String(error));
    }
  };

  // The archiver may still write while the task is removed: cleaning up ends when a later listing finds nothing.
  for (let looks = 0; ; looks += 1) {
    if (looks > 0) await wait(doctorLimits.secondLookMs);
    const keys = await keysOf(taskId, bucket, folders);
    // An object that could not be removed is not tried again.
    const found = keys.filter((key) => !stuck.has(key));
    if (looks > 0 && found.length === 0) break;
    if (looks === looksAtMost) return failed(`${found.join(', ')} kept coming back.`, 'Remove it yourself, later.');
    for (const key of found) await remove(key);
  }

  if (stuck.size > 0) {
    const [why] = stuck.values();
    return failed(
      `It could not remove ${[...stuck.keys()].join(', ')}: ${why}`,
      'Remove it yourself. The rest is gone.',
    );
  }
  const versions = oldVersions === 0 ? '' : ` The bucket keeps ${oldVersions} of them as old versions.`;
  if (isUnderWay()) {
    return failed(
      `Its callback may still be in the queue: its files would be stored under the task ${taskId}.${versions}`,
      `When the archiver works again: \`npx trackkeeper status ${taskId}\` shows it.`,
    );
  }
  return proved(`Nothing of the test task is left. Objects removed: ${removed.size}.${versions}`);
}

/**
 * `folders`: the library folders of the task's files, collected here because the record is removed in the first
 * round.
 */
async function keysOf(taskId: string, bucket: ExaminedBucket, folders: Set<string>): Promise<string[]> {
  const record = await readTestRecord(bucket, taskId);
  if (record?.folder?.startsWith('library/')) folders.add(record.folder);
  const keys: string[] = [];
  for (const folder of folders) {
    for await (const key of bucket.list(`${folder}/`)) {
      if ((await bucket.ownerOf(key)) === taskId) keys.push(key);
    }
  }
  for (const folder of foldersOfTasks) {
    for await (const key of bucket.list(`${folder}/${taskId}/`)) keys.push(key);
  }
  for await (const key of bucket.list(scheduleFolder)) if (markerOf(key)?.task === taskId) keys.push(key);
  // Last, because the record names the other objects.
  for await (const key of bucket.list(recordKey(taskId))) if (key === recordKey(taskId)) keys.push(key);
  return keys;
}
