// The markers of the schedule, by requests of our own: the sweeper starts every minute, and does without the SDK.
import { forEachConcurrent } from '../../domain/concurrency.ts';
import { UnavailableError } from '../../domain/errors.ts';
import { type Marker, markerOf, scheduleFolder, scheduleKey } from '../../domain/schedule-key.ts';
import type { Schedule } from '../../ports.ts';
import type { AwsEnvironment } from '../aws/environment.ts';
import { createAwsSender } from '../aws/sender.ts';
import { readList } from './list-answer.ts';
import { objectUrl, wholeBucketUrl } from './object-url.ts';
import { regionalBucketUrl } from './regional-bucket-url.ts';
import { answeredError } from './s3-error.ts';
import { attempts, type S3Options } from './s3-options.ts';

/** Small requests. A page of 1,000 keys of 1,024 bytes, each of them written as `&#x1;`, has 6 MB. */
const patience = { connectMs: 2_000, idleMs: 5_000, totalMs: 10_000, answerBytes: 8 * 1024 ** 2 };
const pageKeys = 1_000;
/** So that a walk over keys has an end: 100,000 of them, and 0.0005 USD. */
const maxPages = 100;
/** S3 deletes 3,500 a second; more at once than this gains nothing. */
const removalsAtOnce = 16;

/** @throws UnavailableError wherever S3 does not do what it is asked */
export function createS3Schedule(bucketName: string, environment: AwsEnvironment, options: S3Options = {}): Schedule {
  const bucket = regionalBucketUrl(bucketName, environment);
  const { limits, wait, random } = options;
  const send = createAwsSender({ environment, limits: { ...patience, ...limits }, attempts, wait, random });
  const ask = (method: string, url: URL) =>
    send({ service: 's3', method, url, headers: {}, body: [], payload: 'unsigned' });

  async function list(from: Record<string, string>) {
    const query = { 'list-type': '2', prefix: scheduleFolder, 'max-keys': String(pageKeys), ...from };
    const answer = await ask('GET', wholeBucketUrl(bucket, query));
    const listed = answer.status === 200 ? readList(answer.body) : undefined;
    if (listed === undefined) throw answeredError(`ListObjectsV2 ${scheduleFolder}`, answer);
    return listed;
  }

  async function change(method: 'PUT' | 'DELETE', marker: Marker) {
    const key = scheduleKey(marker);
    const answer = await ask(method, objectUrl(bucket, key, {}));
    if (answer.status !== 200 && answer.status !== 204) throw answeredError(`${method} ${key}`, answer);
  }

  return {
    async due(until, after) {
      // Behind all that a task can be called.
      const end = scheduleKey({ dueAt: until.toISOString(), task: '~' });
      const found: Marker[] = [];
      let from: Record<string, string> = after === undefined ? {} : { 'start-after': scheduleKey(after) };
      for (let page = 1; page <= maxPages; page++) {
        const { keys, next } = await list(from);
        const due = keys.filter((key) => key < end);
        found.push(...due.map(markerOf).filter((marker) => marker !== undefined));
        if (next === undefined || due.length < keys.length || found.length >= pageKeys) return found.slice(0, pageKeys);
        from = { 'continuation-token': next };
      }
      if (found.length > 0) return found;
      throw new UnavailableError(
        `${maxPages * pageKeys} keys under ${scheduleFolder} that are no markers are in the way`,
      );
    },

    put: (marker) => change('PUT', marker),

    async remove(markers) {
      const remove = (marker: Marker) => change('DELETE', marker);
      await forEachConcurrent(markers, removalsAtOnce, remove, { maxFailures: markers.length });
    },

    /** Of more keys than `maxPages` hold, the first ones count: the number is a least one then. */
    async countTasks({ stopping }) {
      const tasks = new Set<string>();
      let from: Record<string, string> = {};
      for (let page = 1; page <= maxPages; page++) {
        stopping.throwIfAborted();
        const { keys, next } = await list(from);
        for (const key of keys) {
          const task = markerOf(key)?.task;
          if (task !== undefined) tasks.add(task);
        }
        if (next === undefined) break;
        from = { 'continuation-token': next };
      }
      return tasks.size;
    },
  };
}
