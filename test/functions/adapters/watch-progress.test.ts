import { once } from 'node:events';
import http from 'node:http';
import { Duplex } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchProgress } from '../../../functions/adapters/http-client.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

async function openWatch() {
  const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  const request = http.request({ createConnection: () => socket });
  const late: string[] = [];
  const limits = { connectMs: 100, idleMs: 1_000, totalMs: 3_000 };
  const watch = watchProgress(request, limits, (what) => late.push(what));
  await once(request, 'socket');
  return { ...watch, late, connected: () => socket.emit('connect') };
}

test('what moves is not idle, but it is not endless either', async () => {
  const { connected, progress, late } = await openWatch();

  connected();
  for (let passed = 0; passed < 2_700; passed += 900) {
    vi.advanceTimersByTime(900);
    progress();
  }
  expect(late).toEqual([]);
  vi.advanceTimersByTime(300);
  expect(late).toEqual(['no complete response within 3000 ms']);
});

test('what makes no progress for long enough is late, counted from its last progress', async () => {
  const { connected, progress, late } = await openWatch();

  connected();
  vi.advanceTimersByTime(999);
  progress();
  vi.advanceTimersByTime(999);
  expect(late).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(late).toEqual(['nothing arrived for 1000 ms']);
});

test('what is not connected in time is late', async () => {
  const { late } = await openWatch();

  vi.advanceTimersByTime(100);
  expect(late).toEqual(['no connection within 100 ms']);
});

test('nothing is late any more after the end', async () => {
  const { connected, progress, end, late } = await openWatch();

  connected();
  end();
  progress();
  vi.advanceTimersByTime(10_000);
  expect(late).toEqual([]);
});
