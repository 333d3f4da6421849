import { describe, expect, test } from 'vitest';
import { parseStartOptions } from '../../../../infra/local/start/start-options.ts';

describe('parseStartOptions', () => {
  test('fills in what is not given', () => {
    expect(parseStartOptions([], {})).toEqual({
      kind: 'options',
      options: {
        port: 8787,
        data: './.local',
        token: undefined,
        allowedSources: [],
        kieWebhookKey: undefined,
        providerKeys: {},
        confirmWithProvider: false,
        forwardTo: undefined,
        forwardKey: undefined,
      },
    });
  });

  test('takes every option, and allowed sources from the environment too', () => {
    const args =
      '--port 9 --data d --token a-._~Z9 --allow-source 127.0.0.1:9000 --allow-source [::1]:80 --confirm-with-provider --forward-to https://music.example.com/hooks';
    const environment = {
      ALLOWED_PRIVATE_SOURCES: 'localhost:1, box.lan:65535,',
      KIE_WEBHOOK_KEY: 'k',
      SUNOAPI_KEY: 's-1',
      KIE_API_KEY: 'k-1',
      FORWARD_KEY: 'whsec_x',
    };

    expect(parseStartOptions(args.split(' '), environment)).toEqual({
      kind: 'options',
      options: {
        port: 9,
        data: 'd',
        token: 'a-._~Z9',
        allowedSources: ['127.0.0.1:9000', '[::1]:80', 'localhost:1', 'box.lan:65535'],
        kieWebhookKey: 'k',
        providerKeys: { 'sunoapi.org': 's-1', 'kie.ai': 'k-1' },
        confirmWithProvider: true,
        forwardTo: 'https://music.example.com/hooks',
        forwardKey: 'whsec_x',
      },
    });
  });

  test('an empty key is none', () => {
    expect(parseStartOptions([], { SUNOAPI_KEY: '', KIE_API_KEY: 'k-1' })).toMatchObject({
      options: { providerKeys: { 'kie.ai': 'k-1' } },
    });
  });

  test('asks for nothing else where help is asked for', () => {
    expect(parseStartOptions(['--help', '--port', 'x'], {})).toEqual({ kind: 'help' });
  });

  test.for<[args: string, advice: string]>([
    ['--port x', 'give a number'],
    ['--port 65536', 'give a number'],
    ['--port -1', 'argument'],
    ['--port=', 'give a number'],
    ['--data=', 'give the folder'],
    ['--token=', 'give 1 to 128 letters'],
    ['--token a/b', 'give 1 to 128 letters'],
    [`--token ${'a'.repeat(129)}`, 'give 1 to 128 letters'],
    ['--allow-source http://127.0.0.1:9000', 'give host:port'],
    ['--allow-source 127.0.0.1', 'give host:port'],
    ['--allow-source a:0', 'give host:port'],
    ['--allow-source a:1,b:2', 'give host:port'],
    ['--allow-source ::1:80', 'give host:port'],
    ['--confirm-with-provider', 'set SUNOAPI_KEY or KIE_API_KEY'],
    ['--forward-to music.example.com', 'takes an https URL'],
    ['--forward-to http://music.example.com/', 'or http on this machine'],
    ['--forward-to http://127.0.0.1.example.com/', 'or http on this machine'],
    ['--forward-to https://me:pass@music.example.com/', 'without a user name'],
    ['--forward-to https://music.example.com/#a', 'or a fragment'],
    ['--prot 1', "Unknown option '--prot'"],
    ['8787', 'npm start -- --port 8787'],
    ['--token', 'npm start -- --help'],
  ])('%s is refused with what to do', ([args, advice]) => {
    const parsed = parseStartOptions(args.split(' '), {});

    expect(parsed).toEqual({ kind: 'problem', problem: expect.stringContaining(advice) });
  });

  test.for(['http://127.0.0.1:9/a?b=c', 'http://localhost/', 'http://[::1]:80/', 'https://10.0.0.1/'])(
    'callbacks may be passed on to %s from here',
    (url) => {
      expect(parseStartOptions(['--forward-to', url], {})).toMatchObject({ options: { forwardTo: url } });
    },
  );

  test('a wrong source in the environment is refused like one on the command line', () => {
    expect(parseStartOptions([], { ALLOWED_PRIVATE_SOURCES: 'nonsense' })).toMatchObject({ kind: 'problem' });
  });
});
