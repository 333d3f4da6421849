import { CommandError } from '../../client/command-error.ts';
import { readStartOptions, type StartArguments } from '../../local/start-options.ts';
import type { AddCommand } from '../command.ts';

const environment = `
Environment:
  SUNOAPI_KEY, KIE_API_KEY  your API keys: with them, the provider is polled for
                            tasks whose callback never came
  KIE_WEBHOOK_KEY           the key that kie.ai signs its callbacks with
  FORWARD_KEY               the key that forwarded callbacks are signed with:
                            whsec_ and base64
  ALLOWED_PRIVATE_SOURCES   like --allow-source, separated by commas

Example: npx trackkeeper start --port 9000 --data ./music
Exit codes: 0 stopped by Ctrl-C, 1 it could not start, 2 an option is wrong.`;

const repeated = (value: string, others: string[] = []) => [...others, value];

export const addStart: AddCommand = (program, _, runAlone) => {
  program
    .command('start')
    .description('Runs Trackkeeper on this machine until Ctrl-C, and prints its callback URL.')
    .option('--port <number>', 'port of the callback URL; 0: any free one', '8787')
    .option('--data <folder>', 'folder of the bucket and of everything else', './.local')
    .option('--token <text>', 'secret part of the callback URL (default: created at the first start, then kept)')
    .option(
      '--allow-source <host:port>',
      'a source that may have a private address and use http; may be repeated',
      repeated,
    )
    .option('--confirm-with-provider', 'follow only links that the provider confirms when polled')
    .option(
      '--forward-to <url>',
      'your endpoint, which gets each callback once its files are stored: https, or http on this machine',
    )
    .showHelpAfterError('Options follow two dashes under npm: npm start -- --port 8787. See npm start -- --help.')
    .addHelpText('after', environment)
    .action((given: StartArguments) =>
      runAlone(async ({ env }) => {
        const options = readStartOptions(given, env);
        if ('problem' in options) throw new CommandError(options.problem, 2);
        const { startAdvice: adviceOn, startLocally } = await import('../../local/start.ts');
        await startLocally(options).catch((error: unknown) => {
          throw new CommandError(adviceOn(error, options));
        });
        return { exitCode: 0, json: null, lines: [] };
      }),
    );
};
