// The options of `npm start`, from the command line and the environment.

import { parseArgs } from 'node:util';
import { messageIn } from './log-line.ts';

export type StartOptions = {
  port: number;
  data: string;
  /** Not given: one is made and kept in the data folder. */
  token?: string;
  allowedSources: readonly string[];
  kieWebhookKey?: string;
  providerKeys: { 'sunoapi.org'?: string; 'kie.ai'?: string };
  confirmWithProvider: boolean;
  forwardTo?: string;
  forwardKey?: string;
};

export type Parsed =
  | { kind: 'options'; options: StartOptions }
  | { kind: 'help' }
  | { kind: 'problem'; problem: string };

export const usage = `Trackkeeper on this machine: give the URL that it prints to the provider as callBackUrl.

npm start -- [options]

  --port <number>             port of the callback URL (8787)
  --data <folder>             where the bucket lies, and everything else (./.local)
  --token <text>              secret part of the callback URL (made at the first start, then kept)
  --allow-source <host:port>  a source that may have a private address and use http; may be repeated
                              (environment: ALLOWED_PRIVATE_SOURCES, comma-separated)
  --confirm-with-provider     follow only links that the provider itself names when it is asked
  --forward-to <url>          pass callbacks on to this URL of yours, once their files are kept: https, or http on this
                              machine; see docs/forwarding.md
  --help                      this text

Environment:
  SUNOAPI_KEY, KIE_API_KEY    your API keys: with them, providers are asked for what no callback brought
  KIE_WEBHOOK_KEY             the key that kie.ai signs its callbacks with
  FORWARD_KEY                 the key that what is passed on is signed with: whsec_ and base64
`;

const optionTypes = {
  port: { type: 'string', default: '8787' },
  data: { type: 'string', default: './.local' },
  token: { type: 'string' },
  'allow-source': { type: 'string', multiple: true },
  'confirm-with-provider': { type: 'boolean', default: false },
  'forward-to': { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

type Environment = Record<string, string | undefined>;

export function parseStartOptions(args: readonly string[], environment: Environment): Parsed {
  try {
    const { values } = parseArgs({ args: [...args], options: optionTypes });
    if (values.help) return { kind: 'help' };
    const fromEnvironment = (environment.ALLOWED_PRIVATE_SOURCES ?? '').split(',').map((source) => source.trim());
    const options: StartOptions = {
      port: Number(values.port),
      data: values.data,
      token: values.token,
      allowedSources: [...(values['allow-source'] ?? []), ...fromEnvironment.filter((source) => source !== '')],
      kieWebhookKey: environment.KIE_WEBHOOK_KEY || undefined,
      providerKeys: {
        ...(environment.SUNOAPI_KEY && { 'sunoapi.org': environment.SUNOAPI_KEY }),
        ...(environment.KIE_API_KEY && { 'kie.ai': environment.KIE_API_KEY }),
      },
      confirmWithProvider: values['confirm-with-provider'],
      forwardTo: values['forward-to'],
      forwardKey: environment.FORWARD_KEY || undefined,
    };
    const problem = problemWith(options, values.port);
    return problem === undefined ? { kind: 'options', options } : { kind: 'problem', problem };
  } catch (error) {
    // Node's message goes on with advice for other cases; its first sentence names the option.
    const [named = ''] = messageIn(error).split('. ');
    return {
      kind: 'problem',
      problem: `${named}. Options follow two dashes: npm start -- --port 8787. See npm start -- --help.`,
    };
  }
}

const isPort = (text: string, least: number) =>
  /^\d{1,5}$/.test(text) && Number(text) >= least && Number(text) <= 65_535;

function isSource(source: string): boolean {
  const { host, port = '' } = /^(?<host>\[[\da-f:.]+\]|[\w.-]+):(?<port>\d+)$/i.exec(source)?.groups ?? {};
  return host !== undefined && isPort(port, 1);
}

/** On this machine it may be http: nobody is on the way. */
function isEndpoint(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '' || url.hash !== '') return false;
  const isHere = url.hostname === 'localhost' || url.hostname === '[::1]' || /^127(\.\d+){3}$/.test(url.hostname);
  return url.protocol === 'https:' || (url.protocol === 'http:' && isHere);
}

function problemWith(options: StartOptions, port: string): string | undefined {
  const { data, token, allowedSources, providerKeys, confirmWithProvider, forwardTo } = options;
  if (!isPort(port, 0)) return `--port ${port} is no port: give a number from 1 to 65535, or 0 for any free one.`;
  if (data === '') return '--data is empty: give the folder to keep everything in, as in --data ./.local.';
  if (token !== undefined && !/^[\w.~-]{1,128}$/.test(token)) {
    return '--token goes into a URL: give 1 to 128 letters, digits or any of - _ . ~ and nothing else.';
  }
  if (confirmWithProvider && Object.keys(providerKeys).length === 0) {
    return '--confirm-with-provider needs a key to ask with: set SUNOAPI_KEY or KIE_API_KEY in the environment.';
  }
  if (forwardTo !== undefined && !isEndpoint(forwardTo)) {
    return '--forward-to takes an https URL, or http on this machine, without a user name, a password or a fragment.';
  }
  const wrong = allowedSources.find((source) => !isSource(source));
  return wrong === undefined
    ? undefined
    : `${wrong} is no source to allow: give host:port without a scheme or a path, as in --allow-source 127.0.0.1:9000.`;
}
