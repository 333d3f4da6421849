// The ways that are compared.
import { join } from 'node:path';
import type { ArchiverEnv } from '../../functions/archiver/env.ts';
import { bundleFunction, bundleProgram } from '../../infra/bundle.ts';
import type { Measurement } from '../measure/measurement.ts';
import { type RunOptions, runBundle } from '../measure/run-bundle.ts';
import { runCommand } from '../measure/run-command.ts';
import { caFile } from '../servers/tls.ts';
import { archiverEvent } from './archiver-event.ts';
import { awsVariables, unusedUrl } from './aws-variables.ts';
import { type Command, commands, commandVariables, missingPrograms } from './commands.ts';
import type { Hosts, Job } from './job.ts';
import { libStorage, ours, raw } from './references.ts';

type Run = (jobs: readonly Job[], options: Omit<RunOptions, 'env'>) => Promise<Measurement & { output: string }>;
export type Way = {
  name: string;
  /** Ends with its transfer, so it is never warm. */
  isProgram: boolean;
  run: Run;
};

export function createWays(folder: string, hosts: Hosts): { ways: Way[]; skipped: string[] } {
  const sinkUrl = `https://${hosts.sink}`;
  const variables = { ...awsVariables(sinkUrl), NODE_EXTRA_CA_CERTS: caFile };
  const bundleWay = (name: string) => {
    const bundle = join(folder, `${name}.cjs`);
    bundleProgram(`bench/ways/${name}.ts`, bundle);
    return nodeWay(bundle, variables, (job) => job);
  };
  const archiverVariables = {
    STACK_NAME: 'bench',
    BUCKET_NAME: 'bench',
    QUEUE_URL: `${unusedUrl}/000000000000/bench`,
    WAKE_QUEUE_URL: `${unusedUrl}/000000000000/bench`,
    ALLOWED_PRIVATE_SOURCES: hosts.source,
  } satisfies ArchiverEnv;
  bundleFunction('archiver', join(folder, 'archiver'));

  const found = commands.filter((command) => missingPrograms(command).length === 0);
  return {
    ways: [
      { name: raw, ...bundleWay('raw') },
      { name: libStorage, ...bundleWay('lib-storage') },
      {
        name: ours,
        ...nodeWay(join(folder, 'archiver/index.js'), { ...variables, ...archiverVariables }, archiverEvent),
      },
      ...found.map((command) => ({ name: command.name, isProgram: true, run: commandRun(command, sinkUrl) })),
    ],
    skipped: commands
      .filter((command) => !found.includes(command))
      .map((command) => `${command.name} is left out: ${missingPrograms(command).join(' and ')} is not installed`),
  };
}

function nodeWay(bundle: string, env: NodeJS.ProcessEnv, eventOf: (job: Job) => object): Omit<Way, 'name'> {
  return { isProgram: false, run: (jobs, options) => runBundle(bundle, jobs.map(eventOf), { env, ...options }) };
}

function commandRun({ line, variables }: Command, sinkUrl: string): Run {
  return async ([job]) => {
    if (job === undefined) throw new Error('There is nothing to transfer.');
    return await runCommand(line, { ...commandVariables(job, sinkUrl), ...variables });
  };
}
