// P5: the same callback once more changes nothing.
import type { TaskRecord } from '../../../functions/domain/record.ts';
import { type Finding, verdict } from '../finding.ts';
import type { ExaminedBucket } from '../target.ts';
import { songFault } from './judge-archived.ts';

type Evidence = { bucket: Pick<ExaminedBucket, 'read' | 'list'>; song: Buffer };

export async function judgeRepeated(
  { before, after }: { before: TaskRecord; after: TaskRecord },
  { bucket, song }: Evidence,
): Promise<Finding> {
  const [was, is] = [before, after].map(({ assets }) => assets.find(({ kind }) => kind === 'audio'));
  const fault = is === undefined ? 'is not in the record any more' : await songFault(is, { bucket, song });
  const files = after.folder === null ? [] : await collect(bucket.list(`${after.folder}/`));
  const callbacks = await collect(bucket.list(`callbacks/${after.taskId}/`));
  return verdict(
    [
      ...(fault === null ? [] : [`The song ${fault}.`]),
      ...(was?.key === is?.key ? [] : ['The song has moved.']),
      ...(files.length === 1 ? [] : [`There are ${files.length} files in the library instead of 1.`]),
      ...(callbacks.length === 1 ? [] : [`There are ${callbacks.length} files under callbacks/ instead of 1.`]),
    ],
    'The same callback once more changed nothing: one song, one kept callback.',
    'Please report it: this must not happen (promise P5).',
  );
}

async function collect(keys: AsyncIterable<string>): Promise<string[]> {
  const collected: string[] = [];
  for await (const key of keys) collected.push(key);
  return collected;
}
