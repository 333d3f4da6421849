// Events and contexts as Lambda hands them over.
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';

/** A context with this much time left. */
export function lambdaContext(leftMs: number): Context {
  const end = Date.now() + leftMs;
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName: 'test',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:test',
    memoryLimitInMB: '512',
    awsRequestId: 'request-1',
    logGroupName: '/aws/lambda/test',
    logStreamName: 'test',
    getRemainingTimeInMillis: () => end - Date.now(),
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}

export function apiEvent({
  method = 'POST',
  folder = 'callbacks',
  token,
  ...more
}: {
  method?: string;
  folder?: 'callbacks' | 'tasks';
  token: string;
} & Partial<APIGatewayProxyEventV2>): APIGatewayProxyEventV2 {
  const path = `/${folder}/${token}`;
  const routeKey = `${method} /${folder}/{token}`;
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: '',
    headers: { 'content-type': 'application/json' },
    requestContext: {
      accountId: '000000000000',
      apiId: 'api',
      domainName: 'api.example',
      domainPrefix: 'api',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
      requestId: 'request-1',
      routeKey,
      stage: '$default',
      time: '20/Nov/2026:10:00:00 +0000',
      timeEpoch: Date.parse('2026-11-20T10:00:00.000Z'),
    },
    isBase64Encoded: false,
    pathParameters: { token },
    ...more,
  };
}
