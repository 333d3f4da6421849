// Chooses the deployment. Never guesses between two: a task announced to the wrong one would not be tracked.
import { join, resolve } from 'node:path';
import { defaultStackName } from '../../infra/config.ts';
import type { StackReader } from '../callback-url.ts';
import { CommandError } from '../command-error.ts';
import type { ChosenTarget } from '../target.ts';
import { chooseLocal, isRunningLocally } from './local-target.ts';
import { chooseStack } from './stack-target.ts';

/**
 * As parsed by commander: `local` is true if no folder follows. `url`: the address at which the local deployment must
 * answer.
 */
export type TargetChoice = { local?: string | true; stack?: string; region?: string; url?: string };

export type TargetDefaults = {
  /** The project's root: `npm start` keeps its data below it. */
  root: string;
  cloudIn: (region: string | undefined) => StackReader;
};

export async function chooseTarget(choice: TargetChoice, { root, cloudIn }: TargetDefaults): Promise<ChosenTarget> {
  const { local, stack, region, url } = choice;
  const usualFolder = join(root, '.local');
  if (local !== undefined || url !== undefined) {
    if (stack !== undefined || region !== undefined) {
      throw new CommandError(
        `Either ${local === undefined ? '--url' : '--local'}, or --stack and --region: not both.`,
        2,
      );
    }
    const wasNamed = local !== undefined && local !== true;
    return chooseLocal({ folder: wasNamed ? resolve(local) : usualFolder, wasNamed, url });
  }
  const isUndecided = stack === undefined && region === undefined;
  if (isUndecided && (await isRunningLocally(usualFolder))) {
    throw new CommandError(
      `A local deployment is running in ./.local. Say which is meant: --local, or --stack ${defaultStackName}.`,
      2,
    );
  }
  return chooseStack({ stack: stack ?? defaultStackName, region }, cloudIn);
}
