import http from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { UnreachableError } from '../../../../cli/doctor/finding.ts';
import { ask } from '../../../../cli/doctor/target/ask.ts';

const signal = new AbortController().signal;

async function serve(answer: http.RequestListener): Promise<string> {
  const server = http.createServer(answer);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it has no port');
  return `http://127.0.0.1:${address.port}/callbacks/the-token`;
}

test('status, body and the time over there come back', async () => {
  const url = await serve((_, response) => {
    response.setHeader('date', 'Sat, 21 Nov 2026 12:00:00 GMT').end('{"status":"ready"}');
  });

  expect(await ask(url, { method: 'GET', signal })).toEqual({
    status: 200,
    body: '{"status":"ready"}',
    date: new Date('2026-11-21T12:00:00Z'),
  });
});

test('a body without an end is cut', async () => {
  const url = await serve((_, response) => {
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(8_192)));
    };
    response.on('drain', more);
    more();
  });

  expect((await ask(url, { method: 'GET', signal })).body).toHaveLength(65_536);
});

const silences: [string, http.RequestListener][] = [
  ['that never comes', () => {}],
  ['that stops in the middle', (_, response) => void response.write('{')],
];

test.each(silences)('an answer %s is not waited for', async (_, silence) => {
  const url = await serve(silence);

  await expect(ask(url, { method: 'GET', signal }, 100)).rejects.toThrow('gave no answer within 0.1 s');
});

test('a redirect is not followed: it would take the token elsewhere', async () => {
  let asked = 0;
  const url = await serve((_, response) => {
    asked += 1;
    response.writeHead(302, { location: '/elsewhere' }).end();
  });

  expect([(await ask(url, { method: 'GET', signal })).status, asked]).toEqual([302, 1]);
});

test.each(['http://127.0.0.1:2/callbacks/the-token', 'no url/the-token'])(
  'an unreachable address is reported without its token: %s',
  async (url) => {
    const error: unknown = await ask(url, { method: 'GET', signal }).catch((thrown) => thrown);

    expect(error).toBeInstanceOf(UnreachableError);
    expect(String(error)).not.toContain('the-token');
  },
);
