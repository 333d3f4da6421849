import { expect, test } from 'vitest';
import type { TaskRecord } from '../../../functions/domain/record.ts';
import { entryOf, rowOf } from '../../../room/library/entry.ts';
import { taskDetail } from '../../../room/library/listed-tasks.ts';
import { recordOf, trackOf } from '../../cli/records.ts';

function detailOf(record: TaskRecord) {
  const row = rowOf(entryOf(record, { key: 'k', etag: '"1"' }), () => null);
  return taskDetail(record, row, { revision: 1, bucket: 's3://music', record: 'k' });
}

const sung = (trackId: string, prompt: string | null) => ({ ...trackOf(trackId, 'Iron'), prompt });

test('each take has its lyrics, whatever its track id', () => {
  const { lyrics } = detailOf(
    recordOf({ taskId: 'a', tracks: [sung('one', 'la'), sung('__proto__', 'lo'), sung('b', null)] }),
  );

  expect(Object.entries(lyrics)).toEqual([
    ['one', 'la'],
    ['__proto__', 'lo'],
  ]);
});

test('words of a megabyte are not all sent to the page, and it can be seen that there are more', () => {
  const tracks = ['one', 'two', 'three'].map((trackId, index) => sung(trackId, `${index}\n`.repeat(15_000)));

  const texts = Object.values(detailOf(recordOf({ taskId: 'a', tracks })).lyrics);

  expect(texts.map((text) => text.length)).toEqual([30_000, 20_001]);
  expect(texts[1]).toMatch(/…$/);
});
