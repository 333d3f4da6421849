// `trackkeeper doctor` as a person runs it, against the whole system on this machine.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { musicCallback, song, startFlow } from './local.ts';

const program = join(import.meta.dirname, '../../cli/main.ts');

async function doctor(data: string, ...args: string[]) {
  const options = [program, 'doctor', ...args, '--json', '--local', data];
  return await promisify(execFile)(process.execPath, options, { timeout: 70_000 }).then(
    ({ stdout }) => ({ code: 0, answer: JSON.parse(stdout) }),
    ({ code, stdout }) => ({ code, answer: JSON.parse(stdout) }),
  );
}

async function start(options: Parameters<typeof startFlow>[0] = {}) {
  const flow = await startFlow(options);
  onTestFinished(() => flow.close());
  const data = dirname(flow.deployment.bucketFolder);
  const { apiUrl } = JSON.parse(await readFile(join(data, '.trackkeeper/deployment.json'), 'utf8'));
  return { flow, data, apiUrl };
}

test('all is proved, and the bucket is exactly as it was, however often it is asked', { timeout: 90_000 }, async () => {
  const { flow, data, apiUrl } = await start();
  flow.files.set('/a.mp3', song);
  await flow.post(musicCallback('complete', 'theirs', [{ id: 'a', audio_url: `${flow.host}/a.mp3`, title: 'Doctor' }]));
  await flow.record('theirs', ({ status, announced }) => status === 'archived' && announced.length > 0);
  await flow.atRest();
  const before = await flow.listing();

  for (const round of [1, 2]) {
    const { code, answer } = await doctor(data, '--url', apiUrl, '--strict');

    expect([round, answer.checks.filter(({ outcome }: { outcome: string }) => outcome !== 'proved')]).toEqual([
      round,
      [],
    ]);
    expect([code, answer.ok]).toEqual([0, true]);
    expect(await flow.listing()).toEqual(before);
  }
});

test('with kie.ai’s key its callbacks are signed as kie.ai signs', { timeout: 90_000 }, async () => {
  const { flow, data } = await start({ kieWebhookKey: 'a key of kie.ai' });

  const { code, answer } = await doctor(data);

  expect([code, answer.ok]).toEqual([0, true]);
  expect(answer.checks.find(({ name }: { name: string }) => name === 'secret').detail).toContain('is demanded');
  expect(await flow.listing()).toEqual({});
});

test('where links must be confirmed by the provider, it proves what it can and says what not', {
  timeout: 90_000,
}, async () => {
  const { flow, data } = await start({
    confirmWithProvider: true,
    providerKeys: { 'sunoapi.org': 'k' },
    // Nothing listens there: no provider confirms anything.
    providerUrls: { 'sunoapi.org': 'http://127.0.0.1:1', 'kie.ai': 'http://127.0.0.1:1' },
  });

  const { code, answer } = await doctor(data);

  const outcomes = Object.fromEntries(
    answer.checks.map((check: { name: string; outcome: string }) => [check.name, check.outcome]),
  );
  expect(outcomes).toMatchObject({ '… is stored': 'proved', '… is archived': 'not checked', 'cleaned up': 'proved' });
  expect(code).toBe(0);
  expect(await flow.listing()).toEqual({});
});
