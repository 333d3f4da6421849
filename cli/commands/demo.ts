import { randomBytes } from 'node:crypto';
import { CommandError } from '../../client/command-error.ts';
import type { AddCommand } from '../command.ts';
import { helpNote } from '../command.ts';
import { browse } from './browse.ts';

type Given = { data?: string; fast?: boolean; browse?: boolean };

export const addDemo: AddCommand = (program, run, runAlone) => {
  program
    .command('demo')
    .description('Shows the main job on this machine with a simulated provider, and checks every promise.')
    .option('--data <folder>', 'an empty or new folder for the bucket (default: ./.local/demo-<time>)')
    .option('--fast', 'without the slowness that makes the progress visible')
    .option('--browse', 'opens the listening room on the bucket afterwards, until Ctrl-C')
    .showHelpAfterError('Options follow two dashes under npm: npm run demo -- --fast. See npm run demo -- --help.')
    .addHelpText('after', helpNote('Exit codes: 0 every promise held, 1 one was broken, 2 an option is wrong.'))
    .action(async ({ data = newFolder(), fast = false, browse: isBrowsing = false }: Given) => {
      await runAlone(async () => {
        const { showDemo } = await import('../../local/demo.ts');
        const hasSucceeded = await showDemo({ data, isFast: fast, isBrowsing }).catch((error: unknown) => {
          throw new CommandError(`The demo failed: ${error instanceof Error ? error.message : error}`);
        });
        return { exitCode: hasSucceeded ? 0 : 1, json: null, lines: [] };
      });
      if (!isBrowsing) return;
      const { deployLocally } = await import('../../local/deployment.ts');
      const deployment = await deployLocally({ data, token: randomBytes(16).toString('hex') });
      await run(browse(undefined), { local: data }).finally(deployment.close);
    });
};

const newFolder = () => `.local/demo-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}`;
