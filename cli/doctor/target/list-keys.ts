import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';

type Listing = { bucketName: string; prefix: string };

export async function* listKeys(client: S3Client, { bucketName, prefix }: Listing): AsyncGenerator<string> {
  for (let token: string | undefined; ; ) {
    const command = new ListObjectsV2Command({ Bucket: bucketName, Prefix: prefix, ContinuationToken: token });
    const { Contents = [], NextContinuationToken: next } = await client.send(command);
    for (const { Key } of Contents) if (Key !== undefined) yield Key;
    // Receiving the same page again would loop for ever.
    if (next === undefined || next === token) return;
    token = next;
  }
}
