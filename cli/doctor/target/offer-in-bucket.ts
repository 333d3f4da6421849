import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { testSong } from '../../../client/test-song.ts';
import { presignUrl } from '../../../functions/adapters/s3/presign-url.ts';
import type { Patient } from '../target.ts';

/** Longer than the doctor takes; if it is killed, the song is readable for a short time only. */
const expiresIn = 5 * 60;

/** Under `incoming/`, which no function uses. */
export function offerInBucket(client: S3Client, bucketName: string, now: () => Date): Patient['offer'] {
  return async (taskId, seed) => {
    const key = `incoming/${taskId}/song.mp3`;
    const song = testSong(seed);
    await client.send(new PutObjectCommand({ Bucket: bucketName, Key: key, Body: song, ContentType: 'audio/mpeg' }));
    return await presignUrl(client, { bucketName, key, expiresIn, signingDate: now() });
  };
}
