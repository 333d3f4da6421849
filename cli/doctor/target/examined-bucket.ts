import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetObjectCommand,
  GetPublicAccessBlockCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { testSong } from '../../../client/test-song.ts';
import { presignUrl } from '../../../functions/adapters/s3/presign-url.ts';
import { decodeMetadataValue } from '../../../functions/domain/object-metadata.ts';
import type { BucketSettings, DoctorTarget, ExaminedBucket } from '../target.ts';

/** The song has 48 kB, and a record a few more. */
const maxObjectBytes = 1024 * 1024;

export function createExaminedBucket(client: S3Client, bucketName: string): ExaminedBucket {
  const at = (key: string) => ({ Bucket: bucketName, Key: key });
  return {
    list: (prefix) => listKeys(client, { bucketName, prefix }),

    async read(key) {
      try {
        const { Body, ContentType, ContentLength = 0 } = await client.send(new GetObjectCommand(at(key)));
        if (!(Body instanceof Readable)) throw new Error(`S3 sent no body of ${key}`);
        if (ContentLength > maxObjectBytes) {
          Body.destroy();
          throw new Error(`${key} has ${ContentLength} bytes, which is more than it can have been given`);
        }
        const pieces: Uint8Array[] = [];
        for await (const piece of Body) pieces.push(piece);
        return { bytes: Buffer.concat(pieces), contentType: ContentType ?? null };
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },

    async ownerOf(key) {
      try {
        const { Metadata: { taskid } = {} } = await client.send(new HeadObjectCommand(at(key)));
        return taskid === undefined ? undefined : decodeMetadataValue(taskid);
      } catch (error) {
        if (error instanceof NotFound) return undefined;
        throw error;
      }
    },

    async remove(key) {
      const { DeleteMarker = false } = await client.send(new DeleteObjectCommand(at(key)));
      return DeleteMarker;
    },
  };
}

type Listing = { bucketName: string; prefix: string };

async function* listKeys(client: S3Client, { bucketName, prefix }: Listing): AsyncGenerator<string> {
  for (let token: string | undefined; ; ) {
    const command = new ListObjectsV2Command({ Bucket: bucketName, Prefix: prefix, ContinuationToken: token });
    const { Contents = [], NextContinuationToken: next } = await client.send(command);
    for (const { Key } of Contents) if (Key !== undefined) yield Key;
    // Receiving the same page again would loop for ever.
    if (next === undefined || next === token) return;
    token = next;
  }
}

export async function bucketSettings(client: S3Client, bucketName: string): Promise<BucketSettings> {
  const asked = { Bucket: bucketName };
  const [access, policy, encryption, lifecycle] = await Promise.all([
    unlessNone(client.send(new GetPublicAccessBlockCommand(asked))),
    unlessNone(client.send(new GetBucketPolicyCommand(asked))),
    unlessNone(client.send(new GetBucketEncryptionCommand(asked))),
    unlessNone(client.send(new GetBucketLifecycleConfigurationCommand(asked))),
  ]);
  const block = access?.PublicAccessBlockConfiguration;
  const [byDefault] = encryption?.ServerSideEncryptionConfiguration?.Rules ?? [];
  const days = (lifecycle?.Rules ?? [])
    .filter(
      ({ Status, Filter, Prefix }) => Status === 'Enabled' && !(Filter?.Prefix || Filter?.Tag || Filter?.And || Prefix),
    )
    .map(({ AbortIncompleteMultipartUpload: end }) => end?.DaysAfterInitiation)
    .find((found) => found !== undefined);
  return {
    blocksPublicAccess: [
      block?.BlockPublicAcls,
      block?.BlockPublicPolicy,
      block?.IgnorePublicAcls,
      block?.RestrictPublicBuckets,
    ].every((isOn) => isOn === true),
    policy: policy?.Policy ?? null,
    encryption: byDefault?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm ?? null,
    abortsUploadsAfterDays: days ?? null,
  };
}

/** S3 responds with a specific error for each setting that does not exist. */
const none =
  /^(NoSuch(PublicAccessBlockConfiguration|BucketPolicy|LifecycleConfiguration)|ServerSideEncryptionConfigurationNotFoundError)$/;

async function unlessNone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && none.test(error.name)) return undefined;
    throw error;
  }
}

/** Longer than the doctor takes; if it is killed, the song is readable for a short time only. */
const expiresIn = 5 * 60;

/** Under `incoming/`, which no function uses. */
export function offerInBucket(client: S3Client, bucketName: string, now: () => Date): DoctorTarget['offer'] {
  return async (taskId, seed) => {
    const key = `incoming/${taskId}/song.mp3`;
    const song = testSong(seed);
    await client.send(new PutObjectCommand({ Bucket: bucketName, Key: key, Body: song, ContentType: 'audio/mpeg' }));
    return await presignUrl(client, { bucketName, key, expiresIn, signingDate: now() });
  };
}
