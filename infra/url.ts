// `npm run url`: prints the callback URL of a deployed stack, and nothing else, so that it can be piped.
import { parseArgs } from 'node:util';
import { adviceOn } from './aws-advice.ts';
import { awsCloud } from './aws-cloud.ts';
import { type Cloud, callbackUrl } from './callback-url.ts';
import { defaultStackName } from './config.ts';

type Answer = { exitCode: number; out?: string; error?: string };

const help = `Prints the callback URL of a deployed stack: give it to the provider as callBackUrl.
It holds the token, so treat it like a password.

  npm run --silent url -- [--stack <name>] [--region <region>]

  --stack   name of the stack (default: ${defaultStackName})
  --region  region of the stack (default: that of your AWS configuration)
  --help    shows this text

Exit codes: 0 the URL was printed, 1 it could not be found, 2 the command was not understood.`;

export async function answer(args: string[], cloudIn: (region: string | undefined) => Cloud): Promise<Answer> {
  const options = parseOptions(args);
  if (typeof options === 'string') return { exitCode: 2, error: `${options}\n\n${help}` };
  const { stack, region, help: isHelpAsked } = options;
  if (isHelpAsked) return { exitCode: 0, out: help };
  try {
    return { exitCode: 0, out: await callbackUrl(stack, cloudIn(region)) };
  } catch (error) {
    return { exitCode: 1, error: adviceOn(error, { stack, region }) };
  }
}

/** The options, or what is wrong with them. */
function parseOptions(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        stack: { type: 'string', default: defaultStackName },
        region: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

if (import.meta.main) {
  const { exitCode, out, error } = await answer(process.argv.slice(2), awsCloud);
  if (out !== undefined) process.stdout.write(`${out}\n`);
  if (error !== undefined) process.stderr.write(`${error}\n`);
  process.exitCode = exitCode;
}
