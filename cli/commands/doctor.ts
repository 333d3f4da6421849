import { Option } from 'commander';
import type { AddCommand, CommandWork } from '../command.ts';
import { helpNote } from '../command.ts';
import { examine } from '../doctor/examine.ts';
import { report } from '../doctor/report.ts';
import { openForDoctor } from '../doctor/target/open-for-doctor.ts';

type Options = { url?: string; strict?: boolean };

export const addDoctor: AddCommand = (program, run) => {
  program
    .command('doctor')
    .description('Sends a test callback through the deployment, and proves that all of it works.')
    .addOption(new Option('--url <url>', 'the local deployment that answers there: http://127.0.0.1:8787'))
    .addOption(new Option('--strict', 'counts a skipped check as failed'))
    .addHelpText(
      'after',
      helpNote(
        'The test task is real, and is deleted afterwards. It takes a minute at most.',
        'Exit code 0: everything works; 1: something failed. Checks that your credentials may not run are listed as skipped; they do not fail the command.',
      ),
    )
    .action(({ url, strict = false }: Options) => run(doctor(strict), url === undefined ? {} : { url }));
};

function doctor(isStrict: boolean): CommandWork {
  return async ({ deployed }, { now, wait, untilInterrupted, progress }) => {
    const start = now().getTime();
    const bar = progress('Examining');
    const deployment = openForDoctor(deployed, now);
    try {
      const examined = await examine(deployment, {
        now,
        wait,
        interrupted: untilInterrupted(),
        onProgress: (done, total) => bar.update(done, total),
      });
      bar.end();
      return report(examined, { ms: now().getTime() - start, isStrict });
    } finally {
      deployment.close();
    }
  };
}
