import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { now, setUpCli } from './cli-setup.ts';

const receivedAt = now.toISOString();

test('announces one task, and twice says the same to the archiver', async () => {
  const { json, messages } = await setUpCli();

  const first = await json('expect', 'kie.ai', 'music', ' 2fac5d0e ');
  await json('expect', 'kie.ai', 'music', '2fac5d0e');

  const announced = {
    type: 'expected',
    receivedAt,
    labels: {},
    tasks: [{ provider: 'kie.ai', kind: 'music', taskId: '2fac5d0e' }],
  };
  expect(first).toMatchObject({ exitCode: 0, answer: { announced: 1 } });
  expect(await messages()).toEqual([announced, announced]);
});

test('gives all of them the labels that are named, also where an announcement takes several messages', async () => {
  const { json, messages, data } = await setUpCli();
  const file = join(data, 'tasks.csv');
  const lines = Array.from({ length: 1_001 }, (_, index) => `task-${index},sunoapi.org,music`);
  await writeFile(file, ['taskId,provider,kind', ...lines].join('\n'));

  await json('expect', '--csv', file, '--label', 'project=demo', '--label', 'query=a=b', '--label', 'empty=');

  const labels = { project: 'demo', query: 'a=b', empty: '' };
  expect(await messages()).toMatchObject([{ labels }, { labels }]);
});

test('announces the tasks of a file, a thousand to a message', async () => {
  const { json, messages, data } = await setUpCli();
  const file = join(data, 'tasks.csv');
  const ids = Array.from({ length: 2_100 }, (_, index) => `task-${index}`);
  const lines = ids.map((id) => `${id},sunoapi.org,music`);
  await writeFile(file, ['taskId,provider,kind', ...lines].join('\r\n'));

  const { answer } = await json('expect', '--csv', file);

  const sent = (await messages()).flatMap((message) => (message?.type === 'expected' ? [message.tasks] : []));
  expect(answer).toEqual({ announced: 2_100 });
  expect(sent.map(({ length }) => length)).toEqual([1_000, 1_000, 100]);
  expect(sent.flat().map(({ taskId }) => taskId)).toEqual(ids);
});

test('splits what is too large for one message before it counts a thousand', async () => {
  const { json, messages, data } = await setUpCli();
  const file = join(data, 'tasks.csv');
  // Three times as long in JSON, where each is an escape.
  const long = '\\'.repeat(500);
  const ids = Array.from({ length: 999 }, (_, index) => `${long}${index}`);
  await writeFile(file, ['provider,kind,taskId', ...ids.map((id) => `kie.ai,music,${id}`)].join('\n'));

  await json('expect', '--csv', file);

  const sent = (await messages()).flatMap((message) => (message?.type === 'expected' ? message.tasks : []));
  expect(sent.map(({ taskId }) => taskId)).toEqual(ids);
});

test('sends nothing at all where a line is wrong, and names the lines', async () => {
  const { cli, messages, data } = await setUpCli();
  const file = join(data, 'tasks.csv');
  await writeFile(file, 'provider,kind,taskId\nkie.ai,music,one\nsuno,music,two\nkie.ai,song,three\n');

  const { exitCode, err } = await cli('expect', '--csv', file);

  expect(exitCode).toBe(2);
  expect(err).toContain('line 3: provider must be sunoapi.org or kie.ai, and is "suno"');
  expect(err).toContain('line 4: kind must be one of music, video');
  expect(await messages()).toEqual([]);
});

test('a file of a header alone announces nothing, and is no error', async () => {
  const { json, data } = await setUpCli();
  const file = join(data, 'tasks.csv');
  await writeFile(file, 'provider,kind,taskId\n');

  expect(await json('expect', '--csv', file)).toMatchObject({ exitCode: 0, answer: { announced: 0 } });
});

test.each([
  [['expect', '--csv', 'no-such-file.csv'], 'There is no file no-such-file.csv'],
  [['expect', '--csv', '.'], 'cannot be read'],
  [['expect', 'kie.ai', 'music', 'one', '--csv', 'x.csv'], 'not both'],
  [['expect', 'kie.ai', 'music', 'one', '--label', 'demo'], '--label demo has no name'],
  [['expect', 'kie.ai', 'music', 'one', '--label', '=demo'], 'has no name'],
  [['expect', 'kie.ai', 'music', 'one', '--label', `a=${'x'.repeat(201)}`], 'At most 20 labels are stored'],
  [
    ['expect', 'kie.ai', 'music', 'one', ...Array.from({ length: 21 }, (_, index) => ['--label', `${index}=a`]).flat()],
    'At most 20 labels are stored',
  ],
])('%j ends with 2 and says why', async (args, message) => {
  const { cli } = await setUpCli();

  const { exitCode, err } = await cli(...args);

  expect(exitCode).toBe(2);
  expect(err).toContain(message);
});
