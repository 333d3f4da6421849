import { expect, test } from 'vitest';
import { type CliBench, setUpCli } from './cli-setup.ts';

/** Received once too often. */
async function giveUp(bench: CliBench, url: string, body: string) {
  await bench.send(url, body);
  const hide = { VisibilityTimeout: 0 };
  await bench.receive(url, hide);
  await bench.receive(url, hide);
}

test('messages of both queues go back to where they came from, and a second time there is nothing', async () => {
  const bench = await setUpCli();
  await giveUp(bench, bench.urls.queue, 'a callback');
  await giveUp(bench, bench.urls.wakeQueue, 'a wake');

  const first = await bench.cli('redrive');
  const second = await bench.cli('redrive');

  expect([first.exitCode, first.out]).toEqual([0, '2 messages are back in their queues.\n']);
  expect([second.exitCode, second.out]).toEqual([0, 'The dead-letter queue is empty.\n']);
  expect(await bench.receive(bench.urls.queue)).toEqual(['a callback']);
  expect(await bench.receive(bench.urls.wakeQueue)).toEqual(['a wake']);
  expect(await bench.receive(bench.urls.deadLetters)).toEqual([]);
});

test('what came from nowhere stays, and the command ends with 1', async () => {
  const bench = await setUpCli();
  await bench.send(bench.urls.deadLetters, 'sent by hand');

  const { exitCode, answer } = await bench.json('redrive');

  expect(exitCode).toBe(1);
  expect(answer.error).toMatch(/moved 0 messages and stopped: CouldNotDetermineMessageSource.*replay/);
});
