import { describe, expect, test } from 'vitest';
import { readStartOptions, type StartArguments } from '../../local/start-options.ts';

const given: StartArguments = { port: '8787', data: './.local' };

describe('readStartOptions', () => {
  test('leaves out what is not given', () => {
    expect(readStartOptions(given, {})).toEqual({
      port: 8787,
      data: './.local',
      token: undefined,
      allowedSources: [],
      kieWebhookKey: undefined,
      providerKeys: {},
      confirmWithProvider: false,
      forwardTo: undefined,
      forwardKey: undefined,
    });
  });

  test('takes every option, and allowed sources from the environment too', () => {
    const options: StartArguments = {
      port: '9',
      data: 'd',
      token: 'a-._~Z9',
      allowSource: ['127.0.0.1:9000', '[::1]:80'],
      confirmWithProvider: true,
      forwardTo: 'https://music.example.com/hooks',
    };
    const environment = {
      ALLOWED_PRIVATE_SOURCES: 'localhost:1, box.lan:65535,',
      KIE_WEBHOOK_KEY: 'k',
      SUNOAPI_KEY: 's-1',
      KIE_API_KEY: 'k-1',
      FORWARD_KEY: 'whsec_x',
    };

    expect(readStartOptions(options, environment)).toEqual({
      port: 9,
      data: 'd',
      token: 'a-._~Z9',
      allowedSources: ['127.0.0.1:9000', '[::1]:80', 'localhost:1', 'box.lan:65535'],
      kieWebhookKey: 'k',
      providerKeys: { 'sunoapi.org': 's-1', 'kie.ai': 'k-1' },
      confirmWithProvider: true,
      forwardTo: 'https://music.example.com/hooks',
      forwardKey: 'whsec_x',
    });
  });

  test('an empty key is none', () => {
    expect(readStartOptions(given, { SUNOAPI_KEY: '', KIE_API_KEY: 'k-1' })).toMatchObject({
      providerKeys: { 'kie.ai': 'k-1' },
    });
  });

  test.for<[options: Partial<StartArguments>, advice: string]>([
    [{ port: 'x' }, 'give a number'],
    [{ port: '65536' }, 'give a number'],
    [{ port: '-1' }, 'give a number'],
    [{ port: '' }, 'give a number'],
    [{ data: '' }, 'give the folder'],
    [{ token: '' }, 'give 1 to 128 letters'],
    [{ token: 'a/b' }, 'give 1 to 128 letters'],
    [{ token: 'a'.repeat(129) }, 'give 1 to 128 letters'],
    [{ allowSource: ['http://127.0.0.1:9000'] }, 'give host:port'],
    [{ allowSource: ['127.0.0.1'] }, 'give host:port'],
    [{ allowSource: ['a:0'] }, 'give host:port'],
    [{ allowSource: ['a:1,b:2'] }, 'give host:port'],
    [{ allowSource: ['::1:80'] }, 'give host:port'],
    [{ confirmWithProvider: true }, 'set SUNOAPI_KEY or KIE_API_KEY'],
    [{ forwardTo: 'music.example.com' }, 'takes an https URL'],
    [{ forwardTo: 'http://music.example.com/' }, 'or http on this machine'],
    [{ forwardTo: 'http://127.0.0.1.example.com/' }, 'or http on this machine'],
    [{ forwardTo: 'https://me:pass@music.example.com/' }, 'without a user name'],
    [{ forwardTo: 'https://music.example.com/#a' }, 'or a fragment'],
  ])('%j is refused with what to do', ([options, advice]) => {
    expect(readStartOptions({ ...given, ...options }, {})).toEqual({ problem: expect.stringContaining(advice) });
  });

  test.for(['http://127.0.0.1:9/a?b=c', 'http://localhost/', 'http://[::1]:80/', 'https://10.0.0.1/'])(
    'callbacks may be passed on to %s from here',
    (url) => {
      expect(readStartOptions({ ...given, forwardTo: url }, {})).toMatchObject({ forwardTo: url });
    },
  );

  test('a wrong source in the environment is refused like one on the command line', () => {
    expect(readStartOptions(given, { ALLOWED_PRIVATE_SOURCES: 'nonsense' })).toHaveProperty('problem');
  });
});
