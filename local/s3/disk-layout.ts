// The layout on disk:
//
//   <folder>/<bucket>/<key>                 an object's bytes and nothing else: what people browse
//   <systemFolder>/objects/<bucket>/…json   an object's metadata (see object-store.ts)
//   <systemFolder>/uploads/<uploadId>/      an upload in progress and its parts (see upload-store.ts)
//   <systemFolder>/completed/<uploadId>.json  the result of an upload, for a repeated Complete
//   <systemFolder>/incoming/                bodies that are still arriving; emptied at each start
//
// Both folders must be on one disk, because objects are published by renaming. A disk that ignores case (macOS,
// Windows) stores `a` and `A` as one object.
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { AwsError } from '../aws-json.ts';

/** S3's rules for bucket names, without its list of reserved ones. No such name leads out of the folder. */
export const bucketName = /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

export function diskLayout(folder: string, systemFolder: string) {
  const system = resolve(systemFolder);

  return {
    bucketFolder: (bucket: string) => resolve(folder, bucket),
    objectFile: (bucket: string, key: string) => resolve(folder, bucket, key),
    /** One name per key and version of its file, so that metadata never describes other bytes than its own. */
    sidecarFile: (bucket: string, key: string, fingerprint: string) =>
      join(system, 'objects', bucket, `${createHash('sha256').update(`${fingerprint}/${key}`).digest('hex')}.json`),
    uploadsFolder: join(system, 'uploads'),
    completedFolder: join(system, 'completed'),
    incomingFile: () => join(system, 'incoming', randomUUID()),

    async prepare() {
      const [first = ''] = relative(resolve(folder), system).split(sep);
      if (bucketName.test(first)) {
        throw new Error(`The system folder ${system} would be the bucket '${first}'. Begin its name with a dot.`);
      }
      await rm(join(system, 'incoming'), { recursive: true, force: true });
      for (const each of [folder, ...['incoming', 'uploads', 'completed'].map((name) => join(system, name))]) {
        await mkdir(each, { recursive: true });
      }
    },
  };
}

// Accepts or rejects object keys. S3 allows nearly any text; here a key is a path below the bucket's folder, so a key
// that is not a plain relative path is rejected instead of being stored in a different place.

/** S3's limit. */
const maxKeyBytes = 1024;

/** The limit of ext4, APFS and NTFS (there in characters). */
const maxSegmentBytes = 255;

const segmentRules: readonly [name: string, breaks: (segment: string) => boolean][] = [
  ['an empty path segment', (segment) => segment === ''],
  ["the path segment '.' or '..'", (segment) => segment === '.' || segment === '..'],
  ['a NUL', (segment) => segment.includes('\0')],
  ['a backslash', (segment) => segment.includes('\\')],
  [`a path segment over ${maxSegmentBytes} bytes`, (segment) => Buffer.byteLength(segment) > maxSegmentBytes],
];

export function keyProblem(key: string): AwsError | undefined {
  const bytes = Buffer.byteLength(key);
  if (bytes > maxKeyBytes) {
    return new AwsError('KeyTooLongError', `The key has ${bytes} bytes; ${maxKeyBytes} are the most.`);
  }
  const segments = key.split('/');
  const broken = segmentRules.find(([, breaks]) => segments.some(breaks));
  if (!broken) return undefined;
  return new AwsError(
    'InvalidArgument',
    `The key holds ${broken[0]}: the local S3 keeps objects as files, use another key.`,
  );
}

/** S3 lists keys in the order of their UTF-8 bytes; JavaScript compares UTF-16, which differs for emoji. */
export function compareKeys(a: string, b: string): number {
  // Without surrogates both orders are the same, and a folder of ten thousand files is sorted ten times as fast.
  if (!hasSurrogate(a) && !hasSurrogate(b)) return a === b ? 0 : a < b ? -1 : 1;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

const hasSurrogate = (text: string) => /[\ud800-\udfff]/.test(text);

/** Sorts after every key with this prefix: it ends in the last code point. */
export function endOfPrefix(prefix: string): string {
  return `${prefix}\u{10ffff}`;
}

export type DiskLayout = ReturnType<typeof diskLayout>;
