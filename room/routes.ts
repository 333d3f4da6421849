// The routes of the listening room's API, as a table.

import { readRecord } from '../client/read-records.ts';
import { retryTask } from '../client/retry-task.ts';
import type { Target } from '../client/target.ts';
import { encodeMessage } from '../functions/domain/message.ts';
import { keySafeTaskId, recordKey } from '../functions/domain/object-key.ts';
import type { TaskRecord } from '../functions/domain/record.ts';
import type { Changes } from './changes.ts';
import { type Call, jsonAnswer, type RoomResponse, refusal } from './guard.ts';
import { attentionTo, needingAttention } from './library/attention.ts';
import { createClaims } from './library/claimed-file.ts';
import { type Entry, entryOf, rowOf } from './library/entry.ts';
import type { TaskLibrary } from './library/library.ts';
import { listedTasks, taskDetail } from './library/listed-tasks.ts';
import { media } from './media.ts';
import type { Dismissed, NeedsAttention, Retried, TaskRow } from './page-api.ts';
import type { PageFiles } from './page-files.ts';

/** For all pages of the list together. */
const maxNeeding = 200;

export type Route = {
  method: 'GET' | 'POST';
  /** Its only group, if any, is the name in the path, percent-encoded. */
  path: RegExp;
  answer: (call: Call) => RoomResponse | Promise<RoomResponse>;
};

type Deps = {
  target: Pick<Target, 'bucket' | 'place' | 'send' | 'deployed'>;
  library: TaskLibrary;
  changes: Changes;
  page: PageFiles;
  now: () => Date;
};

export function createRoutes({ target, library, changes, page, now }: Deps): Route[] {
  const { bucket, place, send } = target;
  const hasKey = target.deployed.outputs.ProviderKeysSecretId !== undefined;
  const row = (entry: Entry): TaskRow => rowOf(entry, (concern) => attentionTo(concern, now(), hasKey));
  const claimed = createClaims({ entries: library.entries, read: (key) => readRecord(bucket, key) });

  async function ofTask(
    taskId: string,
    answer: (record: TaskRecord) => RoomResponse | Promise<RoomResponse>,
  ): Promise<RoomResponse> {
    const record = await readRecord(bucket, recordKey(taskId));
    return record === undefined ? refusal(404, `There is no task ${taskId} any more.`) : await answer(record);
  }

  return [
    {
      method: 'GET',
      path: /^\/api\/tasks$/,
      answer: ({ query }) => listedTasks(query, { entries: library.entries(), state: library.state(), row }),
    },
    {
      method: 'GET',
      path: /^\/api\/attention$/,
      answer() {
        const needing = needingAttention(library.entries(), now());
        const rows = needing.slice(0, maxNeeding).map(row);
        const unreadable = library.unreadable().slice(0, maxNeeding);
        return jsonAnswer({ ...library.state(), total: needing.length, rows, unreadable } satisfies NeedsAttention);
      },
    },
    {
      method: 'GET',
      path: /^\/api\/tasks\/([^/]+)$/,
      answer: ({ name }) =>
        ofTask(name, (record) => {
          const entry = entryOf(record, { key: recordKey(name), etag: '' });
          const { revision } = library.state();
          return jsonAnswer(taskDetail(record, row(entry), { revision, bucket: place, record: entry.key }));
        }),
    },
    {
      method: 'POST',
      path: /^\/api\/tasks\/([^/]+)\/retry$/,
      answer: ({ name }) =>
        ofTask(name, async (record) => {
          const steps = await retryTask(record, send);
          library.expectNews(recordKey(name));
          return jsonAnswer({ sent: steps.length > 0, steps } satisfies Retried);
        }),
    },
    {
      method: 'POST',
      path: /^\/api\/tasks\/([^/]+)\/dismiss$/,
      answer: ({ name }) =>
        ofTask(name, async ({ taskId }) => {
          await send(encodeMessage({ type: 'dismiss', task: keySafeTaskId(taskId) }));
          library.expectNews(recordKey(name));
          return jsonAnswer({ sent: true } satisfies Dismissed);
        }),
    },
    { method: 'GET', path: /^\/api\/changes$/, answer: () => changes.connect() },
    { method: 'GET', path: /^\/media\/(.+)$/, answer: (call) => media(call, { bucket, claimed }) },
    {
      method: 'GET',
      path: /^(\/[a-z.-]*)$/,
      answer: ({ name }) => page.get(name) ?? refusal(404, 'There is nothing here.'),
    },
  ];
}
