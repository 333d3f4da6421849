// The address file of a running local deployment, for the command line: it is in the data folder as long as the
// deployment runs. A file left behind by a crash names a process that is gone.

import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** All addresses, but no token. */
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
  /** The secret with the API keys of the providers, if there are any. */
  providerKeysSecretId: string | null;
  /** The folder URL of the test song that `trackkeeper doctor` has archived. */
  testMediaUrl: string;
};

export const deploymentNoteIn = (data: string): string => join(data, '.trackkeeper', 'deployment.json');

/** @returns a function that removes the file */
export async function writeDeploymentNote(data: string, note: DeploymentNote): Promise<() => Promise<void>> {
  const file = deploymentNoteIn(data);
  const draft = `${file}.draft`;
  await rm(draft, { force: true });
  // Readable only by its owner: it leads to the token, which the local services give to any client.
  await writeFile(draft, `${JSON.stringify(note, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  await rename(draft, file);
  return () => rm(file, { force: true });
}
