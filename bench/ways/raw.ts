// The raw way: one GET piped into one PUT. No SDK, no checksum, no retry.
import { once } from 'node:events';
import https from 'node:https';
import { pipeline } from 'node:stream/promises';
import type { Job } from './job.ts';

export async function handler({ sourceUrl, targetUrl }: Job): Promise<void> {
  const [incoming] = await once(https.get(sourceUrl), 'response');
  const headers = { 'content-length': incoming.headers['content-length'] };
  const outgoing = https.request(targetUrl, { method: 'PUT', headers });
  const answered = once(outgoing, 'response');
  await pipeline(incoming, outgoing);
  const [answer] = await answered;
  answer.resume();
  if (answer.statusCode !== 200) throw new Error(`The sink answered ${answer.statusCode}.`);
}
