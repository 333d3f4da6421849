import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { AwsEnvironment } from '../../../../functions/adapters/aws/environment.ts';
import { createS3Links } from '../../../../functions/adapters/s3/s3-links.ts';
import { testSong } from '../../../test-song.ts';
import type { Patient } from '../patient.ts';

/** Longer than the doctor takes; if it is killed, the song is readable for a short time only. */
const expiresSeconds = 5 * 60;

/** Under `incoming/`, which no function uses. */
export function offerInBucket(client: S3Client, bucketName: string, now: () => Date): Patient['offer'] {
  return async (taskId, seed) => {
    const key = `incoming/${taskId}/song.mp3`;
    const song = testSong(seed);
    await client.send(new PutObjectCommand({ Bucket: bucketName, Key: key, Body: song, ContentType: 'audio/mpeg' }));
    const linkTo = createS3Links(bucketName, await environmentOf(client), { now }, expiresSeconds);
    return await linkTo(key);
  };
}

/**
 * The credentials that the SDK found, from a profile or a session for example, as environment variables. Deliberately
 * without a configured endpoint.
 */
async function environmentOf({ config }: S3Client): Promise<AwsEnvironment> {
  const { accessKeyId, secretAccessKey, sessionToken } = await config.credentials();
  return {
    AWS_REGION: await config.region(),
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  };
}
