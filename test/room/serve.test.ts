import { getEventListeners, once } from 'node:events';
import { connect, Socket } from 'node:net';
import { Readable } from 'node:stream';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { jsonAnswer, securityHeaders } from '../../room/guard.ts';
import type { Route } from '../../room/routes.ts';
import { serve } from '../../room/serve.ts';
import { otherAddresses, reaches } from '../infra/addresses.ts';
import { ask, open } from './ask.ts';

const room = { token: 'the-token', session: 'the-session' };

async function openServer(...routes: Route[]) {
  const adviceOn = (error: unknown) => (error instanceof Error ? error.message : 'odd');
  const { port, close } = await serve({ port: 0, room, routes, adviceOn });
  onTestFinished(close);
  const cookie = `trackkeeper-${port}=${room.session}`;
  return {
    port,
    own: { cookie },
    posting: { cookie, origin: `http://127.0.0.1:${port}`, 'content-type': 'application/json' },
  };
}

const echo: Route = { method: 'GET', path: /^\/api\/echo\/(.+)$/, answer: ({ name }) => jsonAnswer({ name }) };
const failing: Route = {
  method: 'GET',
  path: /^\/api\/fails$/,
  answer: () => Promise.reject(new Error('the bucket is down')),
};

test('the printed address leads to the page, without the token in it', async () => {
  const { port } = await openServer();

  const { status, headers } = await ask(port, '/?token=the-token');

  expect([status, headers.location]).toEqual([303, '/']);
  expect(headers['set-cookie']).toEqual([`trackkeeper-${port}=the-session; HttpOnly; SameSite=Strict; Path=/`]);
});

test('names in a path are given as they were meant, and what cannot be decoded is refused', async () => {
  const { port, own } = await openServer(echo);

  expect((await ask(port, '/api/echo/a%2Fb%20%3F', { headers: own })).json()).toEqual({ name: 'a/b ?' });
  expect((await ask(port, '/api/echo/%ff', { headers: own })).status).toBe(400);
});

test('an error is explained, with a status that fits', async () => {
  const { port, own } = await openServer(failing);

  const { status, json } = await ask(port, '/api/fails', { headers: own });

  expect([status, json()]).toEqual([502, { error: 'the bucket is down' }]);
});

describe('every answer carries all the headers that protect it, and none that opens it to others', () => {
  const streaming: Route = {
    method: 'GET',
    path: /^\/stream$/,
    answer: () => ({ status: 200, headers: {}, body: Readable.from(['a', 'b']) }),
  };
  const cases = [
    ['a page', '/api/echo/x', {}, 200],
    ['a stream', '/stream', {}, 200],
    ['a HEAD', '/api/echo/x', { method: 'HEAD' }, 200],
    ['nothing there', '/nothing', {}, 404],
    ['an error', '/api/fails', {}, 502],
    ['a bad path', '/api/echo/%ff', {}, 400],
    ['the door', '/?token=the-token', {}, 303],
    ['a wrong token', '/?token=x', {}, 403],
    ['a stranger', '/', { headers: {} }, 403],
    ['a foreign host', '/', { headers: { host: 'evil.example' } }, 403],
    ['a foreign origin', '/api/tasks/x/retry', { method: 'POST', headers: { origin: 'http://evil.example' } }, 403],
    ['another method', '/', { method: 'PUT' }, 405],
  ] as const;

  test.each(cases)('%s', async (_, path, more, expected) => {
    const { port, own } = await openServer(echo, failing, streaming);

    const { status, headers } = await ask(port, path, { headers: own, ...more });

    expect(status).toBe(expected);
    expect(headers).toMatchObject(securityHeaders);
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });

  test('and the policy allows what stands here, and nothing else', () => {
    const policy = securityHeaders['content-security-policy'] ?? '';

    expect(policy).toMatch(/^default-src 'none';/);
    expect(policy).not.toMatch(/unsafe|\*|http|data:|blob:/);
    const parts = ["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "trusted-types 'none'"];
    for (const part of [...parts, "require-trusted-types-for 'script'"]) expect(policy).toContain(part);
  });
});

test('no other site loads what stands here, learns where a link came from, or finds it in a cache', () => {
  expect(securityHeaders).toEqual({
    'content-security-policy': expect.any(String),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cache-control': 'no-store',
  });
});

test('a refused sender is sent nothing more', async () => {
  const { port } = await openServer(echo);
  const socket = connect(port, '127.0.0.1', () => {
    // Who says nothing of it keeps the connection.
    socket.write(`GET / HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`);
  });
  onTestFinished(() => void socket.destroy());

  const [head] = await once(socket, 'data');

  expect(String(head)).toMatch(/^HTTP\/1\.1 403 /);
  expect(String(head)).toMatch(/^connection: close\r$/im);
});

test('a stranger learns what to do, and nothing else', async () => {
  const { port } = await openServer(echo);

  const { headers, body } = await ask(port, '/api/echo/x');

  expect(headers['content-type']).toBe('text/plain; charset=utf-8');
  expect(body.toString()).toContain('Open the address that `trackkeeper browse` printed');
  expect(body.toString()).not.toMatch(/the-token|the-session/);
});

test('a POST reaches only the routes that accept one', async () => {
  const retry: Route = { method: 'POST', path: /^\/api\/retry$/, answer: () => jsonAnswer({ sent: true }) };
  const { port, own, posting } = await openServer(echo, retry);
  const post = (path: string) => ask(port, path, { method: 'POST', headers: posting, body: '{}' });

  expect((await post('/api/retry')).json()).toEqual({ sent: true });
  expect((await post('/api/echo/x')).status).toBe(404);
  expect((await ask(port, '/api/retry', { headers: own })).status).toBe(404);
});

test('a browser that leaves ends what it was waiting for, and what it was being sent', async () => {
  const signals: AbortSignal[] = [];
  const body = new Readable({ read() {} });
  const waiting: Route = {
    method: 'GET',
    path: /^\/waits$/,
    answer: ({ signal }) =>
      new Promise((_, failed) => signal.addEventListener('abort', () => failed(signals.push(signal)))),
  };
  const endless: Route = { method: 'GET', path: /^\/endless$/, answer: () => ({ status: 200, headers: {}, body }) };
  const { port, own } = await openServer(waiting, endless);

  const left = open(port, '/waits', { headers: own }).catch(() => {});
  const socket = connect(port, '127.0.0.1', () => {
    socket.write(`GET /waits HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncookie: ${own.cookie}\r\n\r\n`, () =>
      socket.destroy(),
    );
  });
  const streamed = await open(port, '/endless', { headers: own });
  streamed.destroy();

  await vi.waitUntil(() => signals.length === 1 && body.destroyed);
  expect(getEventListeners(body, 'data')).toEqual([]);
  void left;
});

test('what is found for a browser that has left by then is let go', async () => {
  const body = new Readable({ read() {} });
  const late: Route = {
    method: 'GET',
    path: /^\/late$/,
    answer: ({ signal }) =>
      new Promise((done) =>
        signal.addEventListener('abort', () => setImmediate(done, { status: 200, headers: {}, body })),
      ),
  };
  const { port, own } = await openServer(late);

  const socket = connect(port, '127.0.0.1', () => {
    const head = `GET /late HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncookie: ${own.cookie}\r\n\r\n`;
    socket.write(head, () => socket.destroy());
  });

  await vi.waitUntil(() => body.destroyed);
  expect(body.destroyed).toBe(true);
});

test('it listens on the loopback address only', async () => {
  const { port } = await openServer(echo);

  expect(await reaches(port, '127.0.0.1')).toBe(true);
  for (const address of otherAddresses) expect([address, await reaches(port, address)]).toEqual([address, false]);
});

test('more connections than a person has tabs for are not taken', { timeout: 10_000 }, async () => {
  const { port } = await openServer(echo);
  const sockets: Socket[] = [];
  onTestFinished(() => sockets.forEach((socket) => void socket.destroy()));
  for (let opened = 0; opened < 65; opened++) {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    sockets.push(socket);
    await once(socket, 'connect');
  }

  await once(sockets.at(-1) ?? new Socket(), 'close');
  expect(sockets.filter(({ closed }) => closed)).toHaveLength(1);
});

test('to a HEAD of what is streamed the head is the answer, and nothing of it is read', async () => {
  let reads = 0;
  const body = new Readable({ read: () => void reads++ });
  const endless: Route = { method: 'GET', path: /^\/endless$/, answer: () => ({ status: 200, headers: {}, body }) };
  const { port, own } = await openServer(endless);

  const { status } = await ask(port, '/endless', { method: 'HEAD', headers: own });

  await vi.waitUntil(() => body.destroyed);
  expect([status, reads]).toEqual([200, 0]);
});

test('it refuses heads that are too large', async () => {
  const { port, own } = await openServer(echo);

  const { status } = await ask(port, '/api/echo/x', { headers: { ...own, 'x-large': 'x'.repeat(20_000) } });

  expect(status).toBe(431);
});
