// A bucket of records in memory, whose reader counts and can fail.
import { createHash } from 'node:crypto';
import type { ListedFile } from '../../client/target.ts';
import { recordKey } from '../../functions/domain/object-key.ts';
import type { TaskRecord } from '../../functions/domain/record.ts';

export function inMemoryBucket() {
  const objects = new Map<string, { body: Buffer; modified: Date; etag: string }>();
  let writes = 0;
  const asked = { lists: 0, reads: [] as string[] };
  let failure: Error | undefined;
  const assertUp = () => {
    if (failure !== undefined) throw failure;
  };

  function put(key: string, text: string): void {
    const modified = new Date(Date.UTC(2026, 10, 20) + ++writes * 1000);
    const etag = createHash('md5').update(text).digest('hex');
    objects.set(key, { body: Buffer.from(text), modified, etag: `"${etag}"` });
  }

  return {
    asked,
    put,
    putRecord: (record: TaskRecord) => put(recordKey(record.taskId), JSON.stringify(record)),
    remove: (key: string) => objects.delete(key),
    /** Undefined: it is up again. */
    fail: (error: Error | undefined) => {
      failure = error;
    },
    bucket: {
      async *list(prefix: string): AsyncGenerator<ListedFile> {
        asked.lists++;
        assertUp();
        for (const [key, { body, modified, etag }] of [...objects].sort(([one], [other]) => (one < other ? -1 : 1))) {
          if (key.startsWith(prefix)) yield { key, bytes: body.length, modified, etag };
        }
      },
      async read(key: string) {
        asked.reads.push(key);
        assertUp();
        const found = objects.get(key);
        return found && { body: found.body, modified: found.modified, metadata: {} };
      },
    },
  };
}
