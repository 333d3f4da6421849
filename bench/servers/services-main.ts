// Null implementations of SQS and Secrets Manager in a process of their own, for the receiver's start.
import { createHash } from 'node:crypto';
import { createServer } from 'node:https';
import { text } from 'node:stream/consumers';
import { serveParent } from './serve-parent.ts';
import { tlsOptions } from './tls.ts';

const [token = ''] = process.argv.slice(2);
let acknowledged = 0;

const answers: Record<string, (input: { MessageBody?: string }) => object> = {
  'secretsmanager.GetSecretValue': () => ({ SecretString: JSON.stringify({ token }) }),
  'AmazonSQS.SendMessage': ({ MessageBody = '' }) => {
    acknowledged += 1;
    // The SDK compares it.
    return { MessageId: 'one', MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex') };
  },
};

const server = createServer(tlsOptions(), async (request, response) => {
  const input = JSON.parse(await text(request));
  const answer = answers[request.headers['x-amz-target']?.toString() ?? ''];
  response.writeHead(answer ? 200 : 501, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify(answer?.(input) ?? { __type: 'NotImplemented' }));
});
serveParent(server, () => {
  const tallied = { acknowledged };
  acknowledged = 0;
  return tallied;
});
