import { type AwsEnvironment, givenEndpoint, regionalEndpoint } from '../aws/environment.ts';

/**
 * Where a bucket is, for those who do without the SDK: in AWS's own regions, GovCloud and China. Elsewhere, and where FIPS
 * or dual-stack endpoints are wanted, the endpoint must be given.
 */
export function regionalBucketUrl(bucketName: string, environment: AwsEnvironment): URL {
  const given = givenEndpoint('S3', environment);
  const host = given ?? regionalEndpoint('s3', environment);
  // A given endpoint has no host for each bucket, and no certificate holds for a host with one more dot.
  const isInPath = given !== undefined || bucketName.includes('.');
  if (!isInPath) return new URL(`https://${bucketName}.${host.host}/`);
  return new URL(`${host.origin}${host.pathname.replace(/\/+$/, '')}/${bucketName}`);
}
