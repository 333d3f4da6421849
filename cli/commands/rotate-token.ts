import { Option } from 'commander';
import { adviceOn } from '../../client/aws-advice.ts';
import { callbackUrl } from '../../client/callback-url.ts';
import { CommandError } from '../../client/command-error.ts';
import { beginRotation, endRotation, OlderTokenError } from '../../client/rotation.ts';
import type { TargetChoice } from '../../client/target/choose-target.ts';
import { defaultStackName } from '../../infra/config.ts';
import type { AddCommand, AloneTools } from '../command.ts';
import { type CommandOutcome, helpNote } from '../command.ts';

/** Twice the time in which a running receiver notices a new token (functions/adapters/secret.ts): AWS may be late. */
const noticedMs = 20_000;
/** The time in which a running receiver notices that a token was removed. */
const removedMinutes = 5;

type Given = { end?: true; force?: true };

export const addRotateToken: AddCommand = (program, _, runAlone) => {
  program
    .command('rotate-token')
    .description("Replaces the token of a stack's callback URL, and prints the new URL.")
    .addOption(new Option('--end', 'stop accepting the old URL instead; nothing else changes').conflicts('force'))
    .option('--force', 'replace the token even if an older one is still accepted, which then stops working')
    .addHelpText(
      'after',
      helpNote(
        'Works on a stack in AWS. The old URL works as well, until you end it with --end. The URL holds the token: treat it like a password.',
        'Exit code 1: it could not be done.',
      ),
    )
    .action(async (given: Given) => {
      const { local, stack = defaultStackName, region } = program.opts<TargetChoice>();
      if (local !== undefined) {
        throw new CommandError(
          'rotate-token works on a stack in AWS: leave out --local. `npm start -- --token <text>` sets the local one.',
          2,
        );
      }
      await runAlone((tools) => rotateToken({ stack, region }, given, tools));
    });
};

type StackChoice = { stack: string; region: string | undefined };

async function rotateToken(choice: StackChoice, { end, force }: Given, tools: AloneTools): Promise<CommandOutcome> {
  const { stack, region } = choice;
  const options = `--stack ${stack}${region === undefined ? '' : ` --region ${region}`}`;
  const endCommand = `npx trackkeeper rotate-token --end ${options}`;
  const urlCommand = `npx trackkeeper url ${options}`;
  try {
    const cloud = tools.cloudIn(region);
    if (end) {
      const ended = await endRotation(stack, cloud);
      const line = ended
        ? `The old URL stops working within ${removedMinutes} minutes: from then on it gets the answer of an unknown path.`
        : 'No older token is accepted: there is nothing to end.';
      return { exitCode: 0, json: { ended }, lines: [line] };
    }
    await beginRotation(stack, cloud, { force: force === true });
    tools.note(
      `The token is replaced. In ${noticedMs / 1000} seconds every running receiver accepts the new one, too …`,
    );
    await tools.wait(noticedMs);
    const url = await callbackUrl(stack, cloud).catch((error: unknown) => {
      tools.note(`The token is replaced, but the URL could not be read. It is printed by: ${urlCommand}`);
      throw error;
    });
    for (const line of nextSteps(endCommand)) tools.note(line);
    return { exitCode: 0, json: { url }, lines: [url] };
  } catch (error) {
    if (error instanceof OlderTokenError) throw new CommandError(olderTokenAdvice(urlCommand, endCommand));
    throw new CommandError(adviceOn(error, { stack, region, needs }));
  }
}

const needs =
  'cloudformation:DescribeStacks, secretsmanager:GetSecretValue and secretsmanager:PutSecretValue ' +
  '(and kms:Decrypt and kms:GenerateDataKey, if the secret has a key of your own)';

const nextSteps = (endCommand: string) => [
  'Use the new URL wherever tasks are created or announced. The old one stays valid until you end it. Do that',
  'when no task that was created with it is open any more (`npx trackkeeper status`); after a theft, at once:',
  `  ${endCommand}`,
];

const olderTokenAdvice = (urlCommand: string, endCommand: string) =>
  'Nothing was changed: an older token is still accepted, and it would stop working. The current URL is printed by\n' +
  `  ${urlCommand}\n` +
  `When no task uses the older one any more, end it, and rotate again:\n  ${endCommand}\n` +
  'Or use --force: then callbacks to the oldest URL are refused from now on.';
