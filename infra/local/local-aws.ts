// The account that the local services pretend to be. They check no signature, so any credentials do; giving them keeps
// the SDK from looking for the person's own.

import { devNull } from 'node:os';

const region = 'us-east-1';
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/** What every SDK client of ours is made with. */
export const clientConfig = (endpoint: string) => ({
  endpoint,
  region,
  credentials,
  maxAttempts: 3,
  // A long poll lasts 20 s.
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
});

/** The local services' URLs. */
export type Endpoints = { s3: string; sqs: string; secrets: string; events: string };

/** What a function finds in its environment besides its own: Lambda's part, and where the services are. */
export function functionVariables(name: string, endpoints: Endpoints) {
  return {
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_ENDPOINT_URL_S3: endpoints.s3,
    AWS_ENDPOINT_URL_SQS: endpoints.sqs,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.secrets,
    AWS_ENDPOINT_URL_EVENTBRIDGE: endpoints.events,
    // The SDK else reads the person's ~/.aws, whose settings are not the function's.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    TZ: 'UTC',
  };
}
