// The layout on disk:
//
//   <folder>/<bucket>/<key>                 an object's bytes and nothing else: what people browse
//   <systemFolder>/objects/<bucket>/…json   an object's metadata (see object-store.ts)
//   <systemFolder>/uploads/<uploadId>/      an upload in progress and its parts (see upload-store.ts)
//   <systemFolder>/completed/<uploadId>.json  the result of an upload, so that a repeated Complete gets the same response
//   <systemFolder>/incoming/                bodies that are still arriving; emptied at each start
//
// Both folders must be on one disk, because objects are published by renaming. A disk that ignores case (macOS,
// Windows) stores `a` and `A` as one object.

import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';

/** S3's rules for bucket names, without its list of reserved ones. No such name leads out of the folder. */
export const bucketName = /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

export type DiskLayout = ReturnType<typeof diskLayout>;

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
