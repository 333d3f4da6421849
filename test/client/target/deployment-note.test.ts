import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { deploymentNoteIn, writeDeploymentNote } from '../../../client/target/deployment-note.ts';
import { temporaryFolder } from '../../local/lambda/bundle-of.ts';

const note = {
  pid: 1,
  apiUrl: 'http://127.0.0.1:1',
  callbackBaseUrl: 'http://127.0.0.1:1/callbacks/',
  tasksBaseUrl: 'http://127.0.0.1:1/tasks/',
  s3Url: 'http://127.0.0.1:2',
  bucketName: 'b',
  sqsUrl: 'http://127.0.0.1:3',
  queueUrl: 'http://127.0.0.1:3/q',
  wakeQueueUrl: 'http://127.0.0.1:3/w',
  deadLetterQueueUrl: 'http://127.0.0.1:3/d',
  secretsUrl: 'http://127.0.0.1:4',
  secretId: 's',
  providerKeysSecretId: null,
  testMediaUrl: 'http://127.0.0.1:5/doctor/',
};

async function dataFolder(): Promise<string> {
  const data = await temporaryFolder();
  await mkdir(join(data, '.trackkeeper'));
  return data;
}

test('the note says where everything is, until it is taken away', async () => {
  const data = await dataFolder();

  const remove = await writeDeploymentNote(data, note);

  expect(JSON.parse(await readFile(deploymentNoteIn(data), 'utf8'))).toEqual(note);
  await remove();
  await expect(readFile(deploymentNoteIn(data))).rejects.toThrow('ENOENT');
});

test('no one else may read it, also where a crash left one that everybody could', async () => {
  const data = await dataFolder();
  await writeFile(deploymentNoteIn(data), '{}', { mode: 0o644 });
  await writeFile(`${deploymentNoteIn(data)}.draft`, '{', { mode: 0o644 });

  await writeDeploymentNote(data, note);

  expect((await stat(deploymentNoteIn(data))).mode & 0o777).toBe(0o600);
  expect(JSON.parse(await readFile(deploymentNoteIn(data), 'utf8'))).toEqual(note);
});
