// What AWS and its tools put into the environment of a process: who it is, and where the services are.

export type AwsEnvironment = Readonly<Record<string, string | undefined>>;

/** Lambda renews them while the process runs, so they are read for each request. */
export function credentialsOf(environment: AwsEnvironment) {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = environment;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) {
    throw new Error('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set');
  }
  const sessionToken = AWS_SESSION_TOKEN || undefined;
  return { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY, sessionToken };
}

export function regionOf({ AWS_REGION }: AwsEnvironment): string {
  if (!AWS_REGION) throw new Error('AWS_REGION must be set');
  return AWS_REGION;
}

/** Where somebody wants a service to be found instead: `S3`, `SQS`, `SECRETS_MANAGER`, as the SDKs name them. */
export function givenEndpoint(service: string, environment: AwsEnvironment): URL | undefined {
  const given = environment[`AWS_ENDPOINT_URL_${service}`] || environment.AWS_ENDPOINT_URL;
  return given ? new URL(given) : undefined;
}

/** Where AWS itself has a service in our region: `s3`, `secretsmanager`. */
export function regionalEndpoint(service: string, environment: AwsEnvironment): URL {
  const region = regionOf(environment);
  const isInChina = region.startsWith('cn-');
  return new URL(`https://${service}.${region}.amazonaws.com${isInChina ? '.cn' : ''}`);
}
