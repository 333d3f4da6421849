import { readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { CommandError } from '../command-error.ts';
import type { ChosenTarget } from '../target.ts';
import { deploymentNoteIn } from './deployment-note.ts';
import { clientConfig } from './local-aws.ts';
import { openTarget } from './open-target.ts';

/** The address file of a running local deployment. */
const noteSchema = z.object({
  apiUrl: z.url(),
  callbackBaseUrl: z.url(),
  s3Url: z.url(),
  bucketName: z.string(),
  sqsUrl: z.url(),
  queueUrl: z.url(),
  wakeQueueUrl: z.url(),
  deadLetterQueueUrl: z.url(),
  secretsUrl: z.url(),
  secretId: z.string(),
  providerKeysSecretId: z.string().nullable(),
  testMediaUrl: z.url(),
});

/**
 * `folder`: its data, as in `npm start -- --data`. `wasNamed`: the user named the folder. `url`: the address at which
 * it must answer, if given.
 */
type LocalChoice = { folder: string; wasNamed: boolean; url?: string | undefined };

export function chooseLocal({ folder, wasNamed, url }: LocalChoice): ChosenTarget {
  const shown = shownPath(folder);
  const start = `Start it with: npm start -- --data ${shown}`;
  return {
    name: `the local deployment in ${shown}`,
    adviceOn(error) {
      const isDown = error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
      if (isDown) return `The local deployment in ${shown} does not answer. ${start}`;
      return error instanceof Error ? error.message : String(error);
    },

    async open() {
      const note = await readNote(folder);
      if (note === undefined) {
        const mistaken = `\nIf ${shown} was meant as an argument of the command, put it before --local.`;
        throw new CommandError(`No local deployment is running in ${shown}. ${start}${wasNamed ? mistaken : ''}`);
      }
      if (url !== undefined && originOf(url) !== originOf(note.apiUrl)) {
        throw new CommandError(
          `The local deployment in ${shown} answers at ${note.apiUrl}, not at ${originOf(url)}. --local <folder> names the ` +
            'data folder of another one; a stack in AWS is chosen by --stack and --region.',
          2,
        );
      }
      return openTarget({
        name: shown,
        place: resolve(folder, note.bucketName),
        outputs: {
          BucketName: note.bucketName,
          QueueUrl: note.queueUrl,
          WakeQueueUrl: note.wakeQueueUrl,
          DeadLetterQueueUrl: note.deadLetterQueueUrl,
          CallbackBaseUrl: note.callbackBaseUrl,
          SecretId: note.secretId,
          ProviderKeysSecretId: note.providerKeysSecretId ?? undefined,
        },
        secretValue: (secretId) => localSecret(note.secretsUrl, secretId),
        s3: { ...clientConfig(note.s3Url), forcePathStyle: true },
        sqs: clientConfig(note.sqsUrl),
        local: { testMediaUrl: note.testMediaUrl },
      });
    },
  };
}

/** Without its path: a complete callback URL contains the token. */
const originOf = (url: string) => URL.parse(url)?.origin ?? 'what is no URL';

/** Relative to the current directory, if below it. */
function shownPath(folder: string): string {
  const path = relative('', folder);
  if (path.startsWith('..')) return folder;
  return path === '' ? '.' : `./${path}`;
}

async function readNote(folder: string) {
  const file = deploymentNoteIn(folder);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return noteSchema.parse(JSON.parse(text));
  } catch {
    throw new CommandError(`${file} is of another version: stop the local deployment, and start it again.`);
  }
}

async function localSecret(secretsUrl: string, secretId: string): Promise<string> {
  const client = new SecretsManagerClient(clientConfig(secretsUrl));
  try {
    const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
    return SecretString;
  } finally {
    client.destroy();
  }
}

/** Whether it answers now; after a crash its address file stays behind. */
export async function isRunningLocally(folder: string): Promise<boolean> {
  try {
    const note = await readNote(folder);
    if (note === undefined) return false;
    await fetch(note.s3Url, { signal: AbortSignal.timeout(1_000) });
    return true;
  } catch {
    return false;
  }
}
