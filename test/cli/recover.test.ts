import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { runCommandLine } from '../../cli/run.ts';
import { setUpCli, testWorld } from './cli-setup.ts';
import { recordOf, storedAsset } from './records.ts';

type Order = { path: string; authorization: string | undefined; body: unknown };

/** A provider that answers each order with this, and keeps what it was asked. */
async function startProvider(answer: object | string = { code: 200, msg: 'success', data: { taskId: 'recovery-1' } }) {
  const orders: Order[] = [];
  const server = http.createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    const { url: path = '', headers } = request;
    orders.push({ path, authorization: headers.authorization, body: JSON.parse(Buffer.concat(pieces).toString()) });
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('the provider does not listen');
  const url = `http://127.0.0.1:${address.port}`;
  const providerKeys = { 'sunoapi.org': ' suno-key\n', 'kie.ai': 'kie-key' };
  return { orders, env: { SUNOAPI_URL: url, KIE_URL: url }, providerKeys };
}

const failed = recordOf({ taskId: 'old-song', status: 'failed' });
const order = ['recover', 'old-song', '--spend-credits'];

test('without --spend-credits it explains, asks no one, and ends with 2', async () => {
  const { orders, ...owner } = await startProvider();
  const { cli, putRecord } = await setUpCli(owner);
  await putRecord(failed);

  const { exitCode, err } = await cli('recover', 'old-song');

  expect([exitCode, orders]).toEqual([2, []]);
  expect(err).toContain('It costs credits');
});

test('orders from sunoapi.org, and announces the task that brings the files', async () => {
  const { orders, ...owner } = await startProvider();
  const { json, messages, putRecord } = await setUpCli(owner);
  await putRecord(failed);

  const { exitCode, answer } = await json(...order);

  expect([exitCode, answer]).toEqual([
    0,
    { taskId: 'old-song', provider: 'sunoapi.org', recoveryId: 'recovery-1', reason: null },
  ]);
  expect(orders).toEqual([
    {
      path: '/api/v1/suno/recovery',
      authorization: 'Bearer suno-key',
      body: {
        sunoTaskId: 'old-song',
        callBackUrl: 'http://127.0.0.1:8787/callbacks/a-token-of-some-length?recoveryOf=old-song',
      },
    },
  ]);
  expect(await messages()).toMatchObject([
    {
      type: 'expected',
      labels: { recoveryOf: 'old-song' },
      tasks: [{ provider: 'sunoapi.org', kind: 'recovery', taskId: 'recovery-1' }],
    },
  ]);
});

test('ends once the order shows in a record, so that the next one finds it', async () => {
  const { orders, env, ...owner } = await startProvider();
  const { json, putRecord, data } = await setUpCli({ env, ...owner });
  await putRecord(failed);
  const waits: number[] = [];
  const { world } = testWorld({
    env,
    wait: async (ms) => {
      const announced = { kind: 'recovery', status: 'waiting', labels: { recoveryOf: 'old-song' } } as const;
      if (waits.push(ms) === 2) await putRecord(recordOf({ taskId: 'recovery-1', ...announced }));
    },
  });

  expect(await runCommandLine([...order, '--local', data], world)).toBe(0);
  const next = await json(...order);

  expect(waits).toEqual([1_000, 1_000]);
  expect(next).toMatchObject({ exitCode: 0, answer: { recoveryId: null } });
  expect(orders).toHaveLength(1);
});

test('orders from kie.ai as a job', async () => {
  const { orders, ...owner } = await startProvider();
  const { json, putRecord } = await setUpCli(owner);
  await putRecord({ ...failed, provider: 'kie.ai' });

  await json(...order);

  expect(orders).toMatchObject([
    {
      path: '/api/v1/jobs/createTask',
      authorization: 'Bearer kie-key',
      body: { model: 'ai-music-api/suno-recovery-audio', input: { task_id: 'old-song' } },
    },
  ]);
});

test('asks whose task it is where no record says', async () => {
  const { orders, ...owner } = await startProvider();
  const { cli, json } = await setUpCli(owner);

  expect(await cli(...order)).toMatchObject({ exitCode: 2, err: expect.stringContaining('--provider') });
  expect(await json(...order, '--provider', 'kie.ai')).toMatchObject({ answer: { provider: 'kie.ai' } });
  expect(orders).toHaveLength(1);
});

test.each(['waiting', 'archiving', 'archived'] as const)(
  'spends nothing twice: an earlier recovery that is %s is named instead',
  async (status) => {
    const { orders, ...owner } = await startProvider();
    const { json, putRecord } = await setUpCli(owner);
    await putRecord(failed);
    const labels = { recoveryOf: 'old-song' };
    await putRecord(recordOf({ taskId: 'recovery-1', kind: 'recovery', status, labels }));

    const { exitCode, answer } = await json(...order);

    expect([exitCode, orders]).toEqual([0, []]);
    expect(answer).toMatchObject({ recoveryId: null, reason: expect.stringContaining(`recovery-1 is ${status}`) });
  },
);

test('spends nothing while another recovery of unknown content is running, except with the option for it', async () => {
  const { orders, ...owner } = await startProvider();
  const { json, putRecord } = await setUpCli(owner);
  await putRecord(failed);
  await putRecord(recordOf({ taskId: 'recovery-1', kind: 'recovery', status: 'waiting' }));

  expect(await json(...order)).toMatchObject({
    answer: { reason: expect.stringContaining('It may have been ordered') },
  });
  expect(orders).toEqual([]);
  expect(await json(...order, '--again')).toMatchObject({ exitCode: 0, answer: { reason: null } });
  expect(orders).toHaveLength(1);
});

test('orders again where the earlier recovery failed', async () => {
  const { orders, ...owner } = await startProvider();
  const { json, putRecord } = await setUpCli(owner);
  await putRecord(failed);
  await putRecord(recordOf({ taskId: 'recovery-0', status: 'failed', labels: { recoveryOf: 'old-song' } }));

  await json(...order);

  expect(orders).toHaveLength(1);
});

test('spends nothing on a task whose songs are all stored', async () => {
  const { orders, ...owner } = await startProvider();
  const { json, putRecord } = await setUpCli(owner);
  const assets = [storedAsset({ kind: 'audio', key: 'library/a.mp3' }, Buffer.from('a song'))];
  await putRecord(recordOf({ taskId: 'old-song', assets }));

  expect(await json(...order)).toMatchObject({ exitCode: 0, answer: { recoveryId: null } });
  expect(orders).toEqual([]);
});

test('needs a key, and says where it belongs', async () => {
  const { orders, ...owner } = await startProvider();
  const { cli, putRecord } = await setUpCli({ ...owner, providerKeys: { 'sunoapi.org': '' } });
  await putRecord(failed);

  expect(await cli(...order)).toMatchObject({ exitCode: 1, err: expect.stringContaining('no API key of sunoapi.org') });
  expect(orders).toEqual([]);
});

test.each([
  [{ code: 401, msg: 'unauthorised' }, 'refused with 401: unauthorised. The API key is not accepted'],
  [{ code: 429, msg: 'credits' }, 'refused with 429: credits. The account may lack credits'],
  [{ code: 500 }, 'refused with 500: no reason given'],
  [{ code: 200, msg: 'success', data: null }, 'named no task'],
  ['<html>', 'not in a way that is known'],
  ['x'.repeat(70_000), 'gave no answer'],
])('the provider’s answer is shown with what to do, and never with the key: %j', async (answer, message) => {
  const { orders: _, ...owner } = await startProvider(answer);
  const { cli, messages, putRecord } = await setUpCli(owner);
  await putRecord(failed);

  const { exitCode, err } = await cli(...order);

  expect([exitCode, err]).toEqual([1, expect.stringContaining(message)]);
  expect(err).not.toContain('suno-key');
  expect(await messages()).toEqual([]);
});

test('when the order cannot be announced, its id is printed, because the credits are spent', async () => {
  const { orders: _, ...owner } = await startProvider();
  const { cli, putRecord } = await setUpCli({
    ...owner,
    fault: ({ operation }) => (operation === 'SendMessage' ? { status: 400, code: 'AccessDenied' } : undefined),
  });
  await putRecord(failed);

  const { exitCode, err } = await cli(...order);

  expect(exitCode).toBe(1);
  expect(err).toContain('trackkeeper expect sunoapi.org recovery recovery-1 --label recoveryOf=old-song');
});
