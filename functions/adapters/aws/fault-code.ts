import type { HttpAnswer } from '../http/answer.ts';

/**
 * What a service calls the fault that it answers with: `SlowDown`, `AccessDenied`. S3 says it in XML (after Complete also
 * with status 200), the others in JSON or a header, some with a namespace before it and an address after it.
 */
export function faultCode({ headers, body }: HttpAnswer): string | undefined {
  const header = headers['x-amzn-errortype'];
  // It stands at the beginning.
  const start = body.subarray(0, 4096).toString();
  const named =
    (typeof header === 'string' ? header : undefined) ??
    /<Error>.*?<Code>([^<]+)<\/Code>/s.exec(start)?.[1] ??
    /"(?:__type|code)"\s*:\s*"([^"]+)"/i.exec(start)?.[1];
  return named?.replace(/:.*/, '').replace(/.*#/, '');
}
