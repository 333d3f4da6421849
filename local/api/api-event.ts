// An HTTP request as API Gateway's HTTP API hands it to a function: payload format 2.0, the `$default` stage.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';

export type ApiRequest = {
  method: string;
  /** As in the request line: path and query. */
  target: string;
  httpVersion: string;
  /** Lower-cased names, each with all its values (node:http's `headersDistinct`). */
  headers: NodeJS.Dict<string[]>;
  sourceIp: string;
  body: Buffer;
  receivedAt: Date;
};

/** Returns undefined if no route matches. */
export function apiEventOf(request: ApiRequest): APIGatewayProxyEventV2 | undefined {
  const { path, query } = splitTarget(request.target);
  const routed = apiRouteOf(request.method, path);
  if (routed === undefined) return undefined;

  const { cookie, ...headers } = request.headers;
  const parameters = new URLSearchParams(query);
  const { routeKey, rawPath, token } = routed;
  const domainName = headers.host?.[0] ?? 'localhost';
  return {
    version: '2.0',
    routeKey,
    rawPath,
    rawQueryString: query,
    ...(cookie && { cookies: cookie.flatMap((line) => line.split(/;\s*/)) }),
    headers: { ...joined(headers), 'x-forwarded-for': request.sourceIp, 'x-forwarded-proto': 'http' },
    ...(parameters.size > 0 && { queryStringParameters: joined(grouped(parameters)) }),
    pathParameters: { token },
    requestContext: {
      accountId: '000000000000',
      apiId: 'local',
      domainName,
      domainPrefix: domainName.split('.')[0] ?? domainName,
      http: {
        method: request.method,
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.sourceIp,
        userAgent: headers['user-agent']?.[0] ?? '',
      },
      requestId: randomUUID(),
      routeKey,
      stage: '$default',
      time: apacheTime(request.receivedAt),
      timeEpoch: request.receivedAt.getTime(),
    },
    ...bodyFields(request.body, headers['content-type']?.[0] ?? ''),
  };
}

function splitTarget(target: string): { path: string; query: string } {
  const [path = '', ...rest] = target.split('?');
  return { path, query: rest.join('?') };
}

type ApiRoute = {
  routeKey: string;
  /** API Gateway decodes percent-encoding in the path, also in `rawPath`. */
  rawPath: string;
  token: string;
};

// The routes of the stack's API.

const routes = [
  { method: 'GET', folder: 'callbacks' },
  { method: 'POST', folder: 'callbacks' },
  { method: 'POST', folder: 'tasks' },
] as const;

/** Returns undefined if no route matches. */
function apiRouteOf(method: string, path: string): ApiRoute | undefined {
  const [, folder, encoded = ''] = /^\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  const token = decoded(encoded);
  const isRouted = routes.some((route) => route.method === method && route.folder === folder);
  if (!isRouted || !token) return undefined;
  return { routeKey: `${method} /${folder}/{token}`, rawPath: `/${folder}/${token}`, token };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    // Invalid percent-encoding.
    return undefined;
  }
}

const joined = (values: NodeJS.Dict<string[]>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, list]) => [name, list?.join(',') ?? '']));

const grouped = (parameters: URLSearchParams): NodeJS.Dict<string[]> =>
  Object.fromEntries([...new Set(parameters.keys())].map((name) => [name, parameters.getAll(name)]));

/** `20/Nov/2026:23:47:35 +0000` */
function apacheTime(date: Date): string {
  const [, day, month, year, time] = date.toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}

/**
 * Media types that API Gateway passes on as text; everything else, forms and missing types too, arrives as base64
 * (seen on AWS, ministack#766).
 */
const textTypes = /^(text\/|application\/(json|xml|javascript)\s*(;|$))/i;

function bodyFields(body: Buffer, contentType: string): Pick<APIGatewayProxyEventV2, 'body' | 'isBase64Encoded'> {
  if (body.length === 0) return { isBase64Encoded: false };
  // Text that is not valid UTF-8 is sent as base64, so that no byte changes. AWS does not document what it does here.
  const isText = textTypes.test(contentType.trim()) && isUtf8(body);
  return { body: body.toString(isText ? 'utf8' : 'base64'), isBase64Encoded: !isText };
}
