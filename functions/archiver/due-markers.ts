// The markers of one task: after its record, so that whatever is acknowledged is closed, or has a marker.
import { recordKey } from '../domain/object-key.ts';
import { taskRecord } from '../domain/record.ts';
import type { Bucket, Schedule } from '../ports.ts';

export type DueMarkersDeps = { bucket: Pick<Bucket, 'read'>; schedule: Pick<Schedule, 'put' | 'remove'> };

export function createDueMarkers(task: string, { bucket, schedule }: DueMarkersDeps) {
  const over = new Set<string>();
  let due: string | null = null;

  return {
    /** A due time that the task has, or had: when it gets another, its marker goes. */
    isOver(dueAt: string | null | undefined): void {
      if (dueAt != null) over.add(dueAt);
    },

    /** Once the record says so, and before what may fail for long: what is open goes on all the same. */
    async to(dueAt: string | null): Promise<void> {
      due = dueAt;
      if (dueAt !== null) await schedule.put({ dueAt, task });
    },

    /** Last of all: as long as its marker stands, a task whose message is let go comes back. */
    async clear(): Promise<void> {
      const gone = [...over].filter((time) => time !== due);
      if (gone.length === 0) return;
      await schedule.remove(gone.map((time) => ({ dueAt: time, task })));
      // Another invocation may have given the task one of these times again. Whoever does so writes the record first and the
      // marker after it: either its marker came after our removal, or we see its record here.
      const found = await bucket.read(recordKey(task));
      const record = found && taskRecord.parse(JSON.parse(found.text));
      if (record?.dueAt != null && gone.includes(record.dueAt)) await schedule.put({ dueAt: record.dueAt, task });
    },
  };
}
