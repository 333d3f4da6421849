// Where a running local deployment is to be found, for the command line: a file in its data folder that is there as long
// as it runs. A file left behind by a crash names a process that is gone.

import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where everything is, and no token. */
export type DeploymentNote = {
  pid: number;
  apiUrl: string;
  /** Without the token. */
  callbackBaseUrl: string;
  tasksBaseUrl: string;
  s3Url: string;
  bucketName: string;
  sqsUrl: string;
  queueUrl: string;
  wakeQueueUrl: string;
  deadLetterQueueUrl: string;
  secretsUrl: string;
  /** The secret with the token. */
  secretId: string;
  /** The secret with the keys to the providers, where there are any. */
  providerKeysSecretId: string | null;
  /** Where the song lies that `trackkeeper doctor` has archived. */
  testMediaUrl: string;
};

export const deploymentNoteIn = (data: string): string => join(data, '.trackkeeper', 'deployment.json');

/** @returns what takes it away again */
export async function writeDeploymentNote(data: string, note: DeploymentNote): Promise<() => Promise<void>> {
  const file = deploymentNoteIn(data);
  const draft = `${file}.draft`;
  await rm(draft, { force: true });
  // It leads to the token, which the local services give to whoever asks.
  await writeFile(draft, `${JSON.stringify(note, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  await rename(draft, file);
  return () => rm(file, { force: true });
}
