// The markers of the schedule in S3: empty objects under `schedule/` whose keys say when a task is due.
import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { forEachConcurrent } from '../../domain/concurrency.ts';
import { UnavailableError } from '../../domain/errors.ts';
import { assertKey } from '../../domain/object-key.ts';
import { type Marker, markerOf, scheduleFolder, scheduleKey } from '../../domain/schedule.ts';
import type { Schedule } from '../../ports.ts';
import { type CallS3, ServiceError } from '../aws/clients.ts';

const pageKeys = 1_000;
/** Limits a walk over all keys to 100,000 of them, which costs 0.0005 USD. */
const maxPages = 100;
/** S3 deletes 3,500 objects a second; more concurrency gains nothing. */
const concurrentRemovals = 16;

/** @throws UnavailableError if S3 is down or refuses */
export function createS3Schedule(bucketName: string, callS3: CallS3): Schedule {
  const at = (key: string) => ({ Bucket: bucketName, Key: assertKey(key) });

  async function list(from: { StartAfter?: string; ContinuationToken?: string }) {
    const operation = `ListObjectsV2 ${scheduleFolder}`;
    const command = new ListObjectsV2Command({
      ...{ Bucket: bucketName, Prefix: scheduleFolder, MaxKeys: pageKeys },
      ...from,
    });
    const page = await callS3(operation, (client, options) => client.send(command, options));
    const { Contents = [], IsTruncated, NextContinuationToken: next } = page;
    // The SDK accepts any XML as an empty page.
    if (IsTruncated === undefined) throw new ServiceError(operation, { status: 200, code: 'without IsTruncated' });
    if (IsTruncated && !next) throw new ServiceError(operation, { status: 200, code: 'without NextContinuationToken' });
    return { keys: Contents.flatMap(({ Key }) => Key ?? []), next: IsTruncated ? next : undefined };
  }

  async function remove(marker: Marker) {
    const key = scheduleKey(marker);
    await callS3(`DeleteObject ${key}`, (client, options) => client.send(new DeleteObjectCommand(at(key)), options));
  }

  return {
    async due(until, after) {
      // `~` sorts after every task id.
      const end = scheduleKey({ dueAt: until.toISOString(), task: '~' });
      const found: Marker[] = [];
      let from: Parameters<typeof list>[0] = after === undefined ? {} : { StartAfter: scheduleKey(after) };
      for (let page = 1; page <= maxPages; page++) {
        const { keys, next } = await list(from);
        const due = keys.filter((key) => key < end);
        found.push(...due.map(markerOf).filter((marker) => marker !== undefined));
        if (next === undefined || due.length < keys.length || found.length >= pageKeys) return found.slice(0, pageKeys);
        from = { ContinuationToken: next };
      }
      if (found.length > 0) return found;
      throw new UnavailableError(
        `${maxPages * pageKeys} keys under ${scheduleFolder} that are no markers are in the way`,
      );
    },

    async put(marker) {
      const key = scheduleKey(marker);
      const command = new PutObjectCommand({ ...at(key), Body: '' });
      await callS3(`PutObject ${key}`, (client, options) => client.send(command, options));
    },

    /** A marker that cannot be removed does not stop the others. */
    async remove(markers) {
      await forEachConcurrent(markers, concurrentRemovals, remove, { maxFailures: markers.length });
    },

    /** With more keys than `maxPages` hold, the count is a lower bound. */
    async countTasks({ stopping }) {
      const tasks = new Set<string>();
      let from: Parameters<typeof list>[0] = {};
      for (let page = 1; page <= maxPages; page++) {
        stopping.throwIfAborted();
        const { keys, next } = await list(from);
        for (const key of keys) {
          const task = markerOf(key)?.task;
          if (task !== undefined) tasks.add(task);
        }
        if (next === undefined) break;
        from = { ContinuationToken: next };
      }
      return tasks.size;
    },
  };
}
