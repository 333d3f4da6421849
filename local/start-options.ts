// The options of `trackkeeper start`, from the command line and the environment.

export type StartOptions = {
  port: number;
  data: string;
  /** Default: created and kept in the data folder. */
  token?: string;
  allowedSources: readonly string[];
  kieWebhookKey?: string;
  providerKeys: { 'sunoapi.org'?: string; 'kie.ai'?: string };
  confirmWithProvider: boolean;
  forwardTo?: string;
  forwardKey?: string;
};

/** The options as they were typed. */
export type StartArguments = {
  port: string;
  data: string;
  token?: string;
  allowSource?: readonly string[];
  confirmWithProvider?: true;
  forwardTo?: string;
};

type Environment = Readonly<Record<string, string | undefined>>;

/** The checked options, or what is wrong with them and what to do. */
export function readStartOptions(given: StartArguments, environment: Environment): StartOptions | { problem: string } {
  const fromEnvironment = (environment.ALLOWED_PRIVATE_SOURCES ?? '').split(',').map((source) => source.trim());
  const options: StartOptions = {
    port: Number(given.port),
    data: given.data,
    token: given.token,
    allowedSources: [...(given.allowSource ?? []), ...fromEnvironment.filter((source) => source !== '')],
    kieWebhookKey: environment.KIE_WEBHOOK_KEY || undefined,
    providerKeys: {
      ...(environment.SUNOAPI_KEY && { 'sunoapi.org': environment.SUNOAPI_KEY }),
      ...(environment.KIE_API_KEY && { 'kie.ai': environment.KIE_API_KEY }),
    },
    confirmWithProvider: given.confirmWithProvider === true,
    forwardTo: given.forwardTo,
    forwardKey: environment.FORWARD_KEY || undefined,
  };
  const problem = problemWith(options, given.port);
  return problem === undefined ? options : { problem };
}

const isPort = (text: string, least: number) =>
  /^\d{1,5}$/.test(text) && Number(text) >= least && Number(text) <= 65_535;

function isSource(source: string): boolean {
  const { host, port = '' } = /^(?<host>\[[\da-f:.]+\]|[\w.-]+):(?<port>\d+)$/i.exec(source)?.groups ?? {};
  return host !== undefined && isPort(port, 1);
}

/** On this machine it may be http: the request leaves no network interface but loopback. */
function isEndpoint(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '' || url.hash !== '') return false;
  const isHere = url.hostname === 'localhost' || url.hostname === '[::1]' || /^127(\.\d+){3}$/.test(url.hostname);
  return url.protocol === 'https:' || (url.protocol === 'http:' && isHere);
}

function problemWith(options: StartOptions, port: string): string | undefined {
  const { data, token, allowedSources, providerKeys, confirmWithProvider, forwardTo } = options;
  if (!isPort(port, 0)) return `--port ${port} is not a port: give a number from 1 to 65535, or 0 for any free one.`;
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
    : `${wrong} is not a source: give host:port without a scheme or a path, as in --allow-source 127.0.0.1:9000.`;
}
