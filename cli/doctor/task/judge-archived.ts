import { crc32 } from 'node:zlib';
import { formatBytes, formatSeconds } from '../../../client/terminal.ts';
import { encodeCrc32 } from '../../../functions/domain/crc32-combine.ts';
import type { Asset, TaskRecord } from '../../../functions/domain/record.ts';
import { type CheckFinding, failed, findingOf, notChecked, proved } from '../finding.ts';
import type { ExaminedBucket } from '../target.ts';

type Evidence = { bucket: Pick<ExaminedBucket, 'read'>; song: Buffer; ms: number };

export async function judgeArchived({ assets }: TaskRecord, { bucket, song, ms }: Evidence): Promise<CheckFinding> {
  const asset = assets.find(({ kind }) => kind === 'audio');
  if (asset === undefined) {
    return failed(
      'Its record names no song, although the callback did.',
      'Do the functions have the version of this command line?',
    );
  }
  if (asset.state !== 'stored' || asset.key === null) return notStored(asset);
  const fault = await songFault(asset, { bucket, song });
  if (fault === null) {
    return proved(`${formatBytes(song.length)} are in library/, byte for byte, ${formatSeconds(ms)} after the start.`);
  }
  return failed(
    `${asset.key} ${fault}.`,
    'Does something else write into the bucket? `npx trackkeeper verify` looks at all files.',
  );
}

/** What the owner's own settings hold back was not proved, and is no fault. */
function notStored({ state, attempts }: Asset): CheckFinding {
  const last = attempts.at(-1);
  if (last?.code === 'host_not_allowed') {
    return notChecked(
      `The callback is stored, but the song was not fetched: ${last.detail}. The host of the test song is not among them.`,
    );
  }
  if (state === 'open' && last === undefined) {
    return notChecked(
      'The callback is stored, but the song was not fetched: only links that the provider confirms are followed (confirmWithProvider).',
    );
  }
  return failed(
    `The song is ${state}: ${last === undefined ? 'the record does not say why' : `${last.code}, ${last.detail}`}`,
    'See the archiver’s log. In a network of your own, it needs a way to S3 over the internet or an endpoint for it.',
  );
}

/** What is wrong with the stored song, or null. */
async function songFault(asset: Asset, { bucket, song }: Pick<Evidence, 'bucket' | 'song'>): Promise<string | null> {
  const found = asset.key === null ? undefined : await bucket.read(asset.key);
  if (found === undefined) return 'is not there, although its record says so';
  if (!found.bytes.equals(song)) return 'has other bytes than were served';
  if (found.contentType !== 'audio/mpeg' || asset.contentType !== 'audio/mpeg') return 'is not marked as audio/mpeg';
  return asset.crc32 === encodeCrc32(crc32(song)) ? null : 'has a record with another CRC32';
}

// P5: the same callback once more changes nothing.

type RepeatEvidence = { bucket: Pick<ExaminedBucket, 'read' | 'list'>; song: Buffer };

export async function judgeRepeated(
  { before, after }: { before: TaskRecord; after: TaskRecord },
  { bucket, song }: RepeatEvidence,
): Promise<CheckFinding> {
  const [was, is] = [before, after].map(({ assets }) => assets.find(({ kind }) => kind === 'audio'));
  const fault = is === undefined ? 'is not in the record any more' : await songFault(is, { bucket, song });
  const files = after.folder === null ? [] : await collect(bucket.list(`${after.folder}/`));
  const callbacks = await collect(bucket.list(`callbacks/${after.taskId}/`));
  return findingOf(
    [
      ...(fault === null ? [] : [`The song ${fault}.`]),
      ...(was?.key === is?.key ? [] : ['The song has moved.']),
      ...(files.length === 1 ? [] : [`There are ${files.length} files in the library instead of 1.`]),
      ...(callbacks.length === 1 ? [] : [`There are ${callbacks.length} files under callbacks/ instead of 1.`]),
    ],
    'The repeated callback changed nothing: one song, one stored callback.',
    'Please report it: this must not happen (promise P5).',
  );
}

async function collect(keys: AsyncIterable<string>): Promise<string[]> {
  const collected: string[] = [];
  for await (const key of keys) collected.push(key);
  return collected;
}
