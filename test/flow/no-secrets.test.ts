// Reads everything that the system logs and stores for secrets: the token, the webhook key, and an API key that the
// provider even repeats.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, onTestFinished, test } from 'vitest';
import { encodeMessage } from '../../functions/domain/message.ts';
import { startProviderServer } from '../doubles/provider-server.ts';
import { synthesized, variants } from '../infra/synthesized.ts';
import { musicCallback, startFlow } from './local.ts';

const token = 'T0kenThatNobodyMayEverSeeInALogOrAnObject';
const apiKey = 'k3yOfTheOwnerThatCostsCreditsIfItLeaks';

test('no token and no key is in any log line, object, or note of the deployment', async () => {
  const provider = await startProviderServer({ provider: 'sunoapi.org', key: 'another-key-so-that-ours-is-repeated' });
  onTestFinished(provider.close);
  const flow = await startFlow({
    token,
    providerKeys: { 'sunoapi.org': apiKey },
    providerUrls: { 'sunoapi.org': provider.url },
  });
  onTestFinished(flow.close);
  const { deployment, host } = flow;

  await flow.post(musicCallback('complete', 'told', [{ id: 'a', title: 'T', audio_url: `${host}/missing.mp3` }]));
  await flow.post('no JSON at all');
  await fetch(deployment.callbackUrl.replace(token, 'wrong'), { method: 'POST', body: '{}' });
  const expected = { provider: 'sunoapi.org', kind: 'music', taskId: 'announced' };
  await fetch(deployment.tasksUrl, { method: 'POST', body: JSON.stringify(expected) });
  await flow.record('announced', () => true);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const sqs = new SQSClient({ endpoint: deployment.sqsUrl, region: 'us-east-1', credentials });
  onTestFinished(() => sqs.destroy());
  const retry = encodeMessage({ type: 'retry', task: 'announced' });
  await sqs.send(new SendMessageCommand({ QueueUrl: deployment.queueUrl, MessageBody: retry }));
  await flow.logs(({ event, outcome }) => event === 'provider.asked' && outcome === 'refused');
  await flow.record('announced', ({ inquiry }) => inquiry.problem !== null);

  const objects = await readAll(deployment.bucketFolder);
  const note = await readFile(join(deployment.bucketFolder, '../.trackkeeper/deployment.json'), 'utf8');
  const said = [JSON.stringify(flow.logged), ...objects, note].join('\n');
  expect(provider.requests.at(0)?.authorization).toBe(`Bearer ${apiKey}`);
  expect(said).toContain('announced');
  expect(said).not.toContain(token);
  expect(said).not.toContain(apiKey);
});

test.each(variants)('a template, %s, holds no secret, and gives none away by reference', (_, context) => {
  const template = JSON.stringify(synthesized(context).toJSON());

  expect(/\{\{resolve:[^}]*/.exec(template)).toBeNull();
  expect(/"SecretString":[^,}]*/.exec(template)).toBeNull();
  expect(/"[A-Za-z0-9+/_-]{40,}"/g.exec(template.replaceAll(/"\w+[0-9A-F]{8,16}"/g, ''))).toBeNull();
});

async function readAll(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile());
  return await Promise.all(
    files.map(async ({ parentPath, name }) => {
      const path = join(parentPath, name);
      return `${path}\n${await readFile(path, 'latin1')}`;
    }),
  );
}
