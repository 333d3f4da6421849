import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { chooseTarget, type TargetChoice } from '../../../client/target/choose-target.ts';
import { noCloud, setUpCli, temporaryFolder } from '../../cli/cli-setup.ts';

const description = '.trackkeeper/deployment.json';

const choose = (choice: TargetChoice, root: string) => chooseTarget(choice, { root, cloudIn: noCloud });

describe('which deployment is meant', () => {
  test('is the stack with the default name if no option is given and nothing runs here', async () => {
    const { name } = await choose({}, await temporaryFolder());

    expect(name).toBe('the stack Trackkeeper');
  });

  test('is the stack that is named, and its region', async () => {
    const { name } = await choose({ stack: 'Music', region: 'eu-west-1' }, await temporaryFolder());

    expect(name).toBe('the stack Music in eu-west-1');
  });

  test('is the local deployment in the usual place with --local', async () => {
    const root = await temporaryFolder();

    const { name } = await choose({ local: true }, root);

    expect(name).toBe(`the local deployment in ${join(root, '.local')}`);
  });

  test('is shown as a relative path if it is below this folder', async () => {
    const { name } = await choose({ local: 'some/folder' }, await temporaryFolder());

    expect(name).toBe('the local deployment in ./some/folder');
  });

  test('is never guessed: where one runs here too, it must be said', async () => {
    const { data } = await setUpCli();
    const root = await temporaryFolder();
    await mkdir(join(root, '.local/.trackkeeper'), { recursive: true });
    await copyFile(join(data, description), join(root, '.local', description));

    await expect(choose({}, root)).rejects.toThrow('Say which is meant: --local, or --stack Trackkeeper');
    expect((await choose({ stack: 'Trackkeeper' }, root)).name).toBe('the stack Trackkeeper');
    expect((await choose({ region: 'eu-west-1' }, root)).name).toContain('the stack');
  });

  test('is the stack where only the description of one that crashed is here', async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, '.local/.trackkeeper'), { recursive: true });
    const { data } = await setUpCli();
    const running = await readFile(join(data, description), 'utf8');
    await writeFile(join(root, '.local', description), running.replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:1'));

    expect((await choose({}, root)).name).toBe('the stack Trackkeeper');
    const error = await (await choose({ local: true }, root))
      .open()
      .then(({ deadLetters }) => deadLetters.count().catch((thrown) => thrown));
    expect((await choose({ local: true }, root)).adviceOn(error)).toContain(
      'does not answer. Start it with: npm start',
    );
  });
});

describe('a local deployment', () => {
  test('that does not run is reported with how to start it', async () => {
    const folder = await temporaryFolder();

    await expect((await choose({ local: folder }, folder)).open()).rejects.toThrow(
      `No local deployment is running in ${folder}. Start it with: npm start -- --data ${folder}\n` +
        `If ${folder} was meant as an argument of the command, put it before --local.`,
    );
  });

  test('of another version is reported with the advice to restart it', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, '.trackkeeper'));
    await writeFile(join(folder, description), '{}');

    await expect((await choose({ local: folder }, folder)).open()).rejects.toThrow('start it again');
  });
});
