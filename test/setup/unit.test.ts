import { fork, spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';

test.each<[string, () => unknown]>([
  ['a connection', () => connect(1, '127.0.0.1')],
  ['a server', () => createServer().listen(0)],
  ['a UDP socket', () => createSocket('udp4').bind(0)],
  ['a process', () => spawn('true')],
  ['a process', () => fork('nothing.js')],
  ['a process', () => spawnSync('true')],
  ['a worker', () => new Worker('', { eval: true })],
])('a unit test that opens %s fails, and learns what to do', (what, open) => {
  expect(open).toThrow(`A unit test opened ${what}`);
});

test('fetch, too, is refused a connection', async () => {
  const refused = await fetch('http://127.0.0.1:8787').catch((error: Error) => error.cause);

  expect(String(refused)).toContain('A unit test opened a connection');
});
