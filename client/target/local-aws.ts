// Credentials and endpoints of the local services. They check no signature, so any credentials work; setting them
// keeps the SDK from searching for the user's own.

import { devNull } from 'node:os';

const region = 'us-east-1';
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/** The configuration of every SDK client. */
export const clientConfig = (endpoint: string) => ({
  endpoint,
  region,
  credentials,
  maxAttempts: 3,
  // A long poll lasts 20 s.
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
});

/** The URLs of the local services. */
export type Endpoints = { s3: string; sqs: string; secrets: string; events: string };

/** The environment variables that Lambda sets for every function, and the endpoints of the local services. */
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
    // Otherwise the SDK reads the user's ~/.aws, whose settings are not meant for the functions.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    TZ: 'UTC',
  };
}
