// Adds and removes files in a bucket's folder. S3 has no folders, so a folder is created with its first file and
// removed with its last.

import { mkdir, rename, rmdir, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AwsError } from '../aws-error.ts';
import { hasCode, unlessMissing } from './missing.ts';

export async function placeFile(from: string, to: string, attempts = 5): Promise<void> {
  try {
    await mkdir(dirname(to), { recursive: true });
    await rename(from, to);
  } catch (error) {
    // A concurrent delete of another key may remove the folder between the two steps.
    if (hasCode(error, 'ENOENT') && attempts > 1) return placeFile(from, to, attempts - 1);
    if (hasCode(error, 'EEXIST', 'ENOTDIR', 'EISDIR')) {
      throw new AwsError(
        'InvalidArgument',
        'This key and another would be a file and a folder of the same name: the local S3 cannot hold both.',
      );
    }
    throw error;
  }
}

export async function removeFile(file: string, bucketFolder: string): Promise<void> {
  await unlessMissing(unlink(file));
  try {
    for (let folder = dirname(file); folder !== bucketFolder; folder = dirname(folder)) await rmdir(folder);
  } catch {
    // Stop at the first folder that is not empty or already gone.
  }
}
