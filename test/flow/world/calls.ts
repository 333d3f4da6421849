// The requests that AWS would get, and bill. Each call of these ports is one request of its adapter. A call with a
// list is one request for each marker that is removed, or for each ten messages that are sent.
import type { Bucket, EventBus, Queue, Schedule, Upload } from '../../../functions/ports.ts';

type Neighbours = { bucket: Bucket; schedule: Schedule; queue: Queue; wakeQueue: Queue; bus: EventBus };

/**
 * Grouped as S3 bills them. `put`: PUT, POST and LIST. `get`: GET and HEAD. `free`: DELETE and AbortMultipartUpload.
 * `sqs`: requests to SQS. `events`: requests to EventBridge. `receiver`, `archiver`: invocations.
 */
export type Calls = Record<'put' | 'get' | 'free' | 'sqs' | 'events' | 'receiver' | 'archiver', number>;
export const noCalls = (): Calls => ({ put: 0, get: 0, free: 0, sqs: 0, events: 0, receiver: 0, archiver: 0 });

export function counted({ bucket, schedule, queue, wakeQueue, bus }: Neighbours, calls: Calls): Neighbours {
  const as =
    <A extends unknown[], R>(kind: keyof Calls, call: (...args: A) => Promise<R>) =>
    (...args: A): Promise<R> => {
      calls[kind]++;
      return call(...args);
    };
  const countedUpload = (upload: Upload): Upload => ({
    part: as('put', upload.part),
    parts: as('put', upload.parts),
    complete: as('put', upload.complete),
    abort: as('free', upload.abort),
  });
  const countedQueue = (one: Queue): Queue => ({
    send: as('sqs', one.send),
    sendAll: as('sqs', one.sendAll),
    postpone: as('sqs', one.postpone),
    hasWaiting: as('sqs', one.hasWaiting),
  });
  return {
    bucket: {
      read: as('get', bucket.read),
      head: as('get', bucket.head),
      write: as('put', bucket.write),
      startUpload: as('put', bucket.startUpload),
      uploadsAt: as('put', bucket.uploadsAt),
      upload: (key, id) => countedUpload(bucket.upload(key, id)),
    },
    schedule: {
      due: as('put', schedule.due),
      put: as('put', schedule.put),
      remove(markers) {
        calls.free += markers.length;
        return schedule.remove(markers);
      },
      countTasks: as('put', schedule.countTasks),
    },
    queue: countedQueue(queue),
    wakeQueue: countedQueue(wakeQueue),
    bus: { put: as('events', bus.put) },
  };
}
