// A sender in front of a service that misbehaves, with waits that pass at once and are written down.
import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { onTestFinished } from 'vitest';
import { type AwsRequest, createAwsSender } from '../../../../functions/adapters/aws/sender.ts';
import { type Behaviour, reply, startAwsServer } from '../../../doubles/aws-server.ts';

/** Patient, so that a slow machine fails no test; a test of a limit sets its own. */
const patient = { connectMs: 10_000, idleMs: 10_000, totalMs: 30_000, answerBytes: 64 * 1024 };

const pem = (name: string) => readFileSync(new URL(`../../../fixtures/tls/${name}.pem`, import.meta.url));

type Options = {
  behaviours?: readonly Behaviour[];
  scheme?: 'http' | 'https';
  limits?: Partial<typeof patient>;
  attempts?: number;
  environment?: Record<string, string | undefined>;
  now?: Date;
  onWait?: () => void;
};

export const account = {
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};

export async function openSenderBench(options: Options = {}) {
  const { behaviours = [reply(200)], scheme = 'http', limits = {}, attempts = 3, onWait = () => {} } = options;
  if (scheme === 'https') trustTestCa();
  const tls = scheme === 'https' ? { key: pem('key'), cert: pem('leaf') } : undefined;
  const server = await startAwsServer({ behaviours, ...(tls && { tls }) });
  onTestFinished(server.close);
  const { now, environment = account } = options;
  const waits: number[] = [];
  const send = createAwsSender({
    environment,
    limits: { ...patient, ...limits },
    attempts,
    ...(now && { clock: { now: () => now } }),
    // The longest that the jitter allows.
    random: () => 1,
    wait: async (ms) => {
      waits.push(ms);
      onWait();
    },
  });

  return {
    server,
    waits,
    send: ({ path = '/', ...request }: Partial<AwsRequest> & { path?: string } = {}) =>
      send({
        service: 'sqs',
        method: 'POST',
        url: new URL(path, server.origin),
        headers: {},
        body: [],
        payload: 'signed',
        ...request,
      }),
  };
}

function trustTestCa(): void {
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, pem('ca').toString()]);
  onTestFinished(() => setDefaultCACertificates(before));
}
