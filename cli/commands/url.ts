import { adviceOn } from '../../client/aws-advice.ts';
import { callbackUrl } from '../../client/callback-url.ts';
import { CommandError } from '../../client/command-error.ts';
import type { TargetChoice } from '../../client/target/choose-target.ts';
import { defaultStackName } from '../../infra/config.ts';
import type { AddCommand } from '../command.ts';
import { type CommandOutcome, helpNote } from '../command.ts';

export const addUrl: AddCommand = (program, run, runAlone) => {
  program
    .command('url')
    .description('Prints the callback URL: give it to the provider as callBackUrl.')
    .addHelpText(
      'after',
      helpNote(
        'The URL holds the token: treat it like a password.',
        `Without --local it is that of the stack, ${defaultStackName} unless --stack names another.`,
        'Exit code 1: the URL could not be read.',
      ),
    )
    .action(async () => {
      const { local, stack = defaultStackName, region } = program.opts<TargetChoice>();
      if (local !== undefined) return await run(async (target) => printed(await target.callbackUrl()));
      await runAlone(async ({ cloudIn }) => {
        const found = callbackUrl(stack, cloudIn(region)).catch((error: unknown) => {
          throw new CommandError(adviceOn(error, { stack, region }));
        });
        return printed(await found);
      });
    });
};

const printed = (url: string): CommandOutcome => ({ exitCode: 0, json: { url }, lines: [url] });
