// The markers of a bucket in memory: empty objects among the others, as they are in S3.
import { markerOf, scheduleFolder, scheduleKey } from '../../functions/domain/schedule.ts';
import type { Schedule } from '../../functions/ports.ts';
import type { InMemoryBucket } from './in-memory-bucket.ts';

const most = 1_000;

export function inMemorySchedule(bucket: Pick<InMemoryBucket, 'objects' | 'write'>): Schedule {
  return {
    async due(until, after) {
      const start = after === undefined ? '' : scheduleKey(after);
      const keys = [...bucket.objects.keys()].filter((key) => key.startsWith(scheduleFolder) && key > start);
      return keys
        .sort()
        .map(markerOf)
        .filter((marker) => marker !== undefined)
        .filter(({ dueAt }) => Date.parse(dueAt) <= until.getTime())
        .slice(0, most);
    },

    async put(marker) {
      await bucket.write(scheduleKey(marker), '', { contentType: 'binary/octet-stream' });
    },

    async remove(markers) {
      if (markers.length > most) throw new Error(`${markers.length} markers at once: ${most} are the most`);
      for (const marker of markers) bucket.objects.delete(scheduleKey(marker));
    },

    async countTasks({ stopping }) {
      stopping.throwIfAborted();
      const markers = [...bucket.objects.keys()].map(markerOf);
      return new Set(markers.flatMap((marker) => marker?.task ?? [])).size;
    },
  };
}
