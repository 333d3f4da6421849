// Links by which anybody may fetch an object for a while: presigned URLs.
import type { Clock, LinkTo } from '../../ports.ts';
import type { AwsEnvironment } from '../aws/environment.ts';
import { createPresigner } from '../aws/sign.ts';
import { objectUrl } from './object-url.ts';
import { regionalBucketUrl } from './regional-bucket-url.ts';

/** At most: a link ends with the credentials that signed it, and those of a function last for hours. */
const mostSeconds = 12 * 3600;

export function createS3Links(
  bucketName: string,
  environment: AwsEnvironment,
  clock: Clock,
  expiresSeconds = mostSeconds,
): LinkTo {
  const bucket = regionalBucketUrl(bucketName, environment);
  const presign = createPresigner(environment);
  return async (key) => {
    const query = await presign({ service: 's3', url: objectUrl(bucket, key, {}), expiresSeconds }, clock.now());
    return objectUrl(bucket, key, query).href;
  };
}
