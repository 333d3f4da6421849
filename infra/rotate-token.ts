// `npm run rotate-token`: another callback URL for a deployed stack, without a callback that is refused.
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { adviceOn } from './aws-advice.ts';
import { awsCloud } from './aws-cloud.ts';
import { callbackUrl } from './callback-url.ts';
import { defaultStackName } from './config.ts';
import { beginRotation, endRotation, OlderTokenError, type RotationCloud } from './rotation.ts';

type Answer = { exitCode: number; out?: string; error?: string };
type World = {
  cloudIn: (region: string | undefined) => RotationCloud;
  pause: (ms: number) => Promise<unknown>;
  /** What is no result: a result may be piped. */
  tell: (line: string) => void;
};

/** Twice what a running receiver takes to notice a new token (functions/adapters/secret.ts): AWS may tell it late. */
const noticedMs = 20_000;
/** What it takes to notice that one was taken out. */
const endedMinutes = 5;

const help = `Replaces the token of a deployed stack's callback URL and prints the new URL. The old URL works as well, until
you end it. The URL holds the token, so treat it like a password.

  npm run --silent rotate-token -- [--stack <name>] [--region <region>] [--end | --force]

  --stack   name of the stack (default: ${defaultStackName})
  --region  region of the stack (default: that of your AWS configuration)
  --end     ends the old URL instead; nothing else changes
  --force   replaces the token even if an older one is still accepted: the older one ends
  --help    shows this text

Exit codes: 0 it is done, 1 it could not be done, 2 the command was not understood.`;

export async function answer(args: string[], { cloudIn, pause, tell }: World): Promise<Answer> {
  const options = parseOptions(args);
  if (typeof options === 'string') return { exitCode: 2, error: `${options}\n\n${help}` };
  const { stack, region, help: isHelpAsked, end, force } = options;
  if (isHelpAsked) return { exitCode: 0, out: help };
  const where = `--stack ${stack}${region === undefined ? '' : ` --region ${region}`}`;
  const endCommand = `npm run rotate-token -- --end ${where}`;
  const urlCommand = `npm run --silent url -- ${where}`;
  try {
    const cloud = cloudIn(region);
    if (end) {
      const hasEnded = await endRotation(stack, cloud);
      return { exitCode: 0, out: hasEnded ? endedText : 'No older token is accepted: there is nothing to end.' };
    }
    await beginRotation(stack, cloud, { force });
    tell(`The token is replaced. In ${noticedMs / 1000} seconds every running receiver takes the new one, too …`);
    await pause(noticedMs);
    const url = await callbackUrl(stack, cloud).catch((error: unknown) => {
      tell(`The token is replaced, but the URL could not be read. It is printed by: ${urlCommand}`);
      throw error;
    });
    tell(nextSteps(endCommand));
    return { exitCode: 0, out: url };
  } catch (error) {
    if (error instanceof OlderTokenError) return { exitCode: 1, error: olderText({ urlCommand, endCommand }) };
    return { exitCode: 1, error: adviceOn(error, { stack, region, needs }) };
  }
}

const needs =
  'cloudformation:DescribeStacks, secretsmanager:GetSecretValue and secretsmanager:PutSecretValue ' +
  '(and kms:Decrypt and kms:GenerateDataKey, if the secret has a key of your own)';
const endedText = `The old URL ends within ${endedMinutes} minutes: from then on it gets the answer of an unknown path.`;
const nextSteps = (endCommand: string) =>
  'Give the new URL to whatever creates or announces tasks. The old one is accepted as well, until you end it. Do that\n' +
  'when no task that was created with it is open any more (`npx trackkeeper status`); after a theft, at once:\n' +
  `  ${endCommand}`;
const olderText = ({ urlCommand, endCommand }: { urlCommand: string; endCommand: string }) =>
  'Nothing was changed: an older token is still accepted, and it would be lost. The URL of today is printed by\n' +
  `  ${urlCommand}\n` +
  `When no task uses the older one any more, end it, and come back:\n  ${endCommand}\n` +
  'Or say --force: then callbacks to the oldest URL are refused from now on.';

/** The options, or what is wrong with them. */
function parseOptions(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        stack: { type: 'string', default: defaultStackName },
        region: { type: 'string' },
        end: { type: 'boolean', default: false },
        force: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return values.end && values.force ? 'Choose one: --end or --force.' : values;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

if (import.meta.main) {
  const tell = (line: string) => void process.stderr.write(`${line}\n`);
  const { exitCode, out, error } = await answer(process.argv.slice(2), { cloudIn: awsCloud, pause, tell });
  if (out !== undefined) process.stdout.write(`${out}\n`);
  if (error !== undefined) tell(error);
  process.exitCode = exitCode;
}
