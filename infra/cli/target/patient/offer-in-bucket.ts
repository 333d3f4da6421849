import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { regionalBucketUrl } from '../../../../functions/adapters/s3/regional-bucket-url.ts';
import { testSong } from '../../../test-song.ts';
import type { Patient } from '../../doctor/patient.ts';
import { presignedLink } from './presigned-link.ts';

/** Longer than the doctor takes; where it is stopped by force, nobody can read the song for long. */
const expiresInSeconds = 5 * 60;

/** Under `incoming/`, which no function touches. */
export function offerInBucket(client: S3Client, bucketName: string, now: () => Date): Patient['offer'] {
  return async (taskId, seed) => {
    const key = `incoming/${taskId}/song.mp3`;
    const song = testSong(seed);
    await client.send(new PutObjectCommand({ Bucket: bucketName, Key: key, Body: song, ContentType: 'audio/mpeg' }));
    const { host, pathname } = regionalBucketUrl(bucketName, { AWS_REGION: await client.config.region() });
    const path = `${pathname.replace(/\/$/, '')}/${key}`;
    return await presignedLink(client.config, { host, path, expiresInSeconds, at: now() });
  };
}
