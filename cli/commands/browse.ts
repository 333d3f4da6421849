import { CommandError } from '../../client/command-error.ts';
import type { Target } from '../../client/target.ts';
import type { AddCommand, CommandTools, CommandWork } from '../command.ts';
import { helpNote } from '../command.ts';

/** The next one after that of a local deployment. */
const usualPort = 8788;

export const addBrowse: AddCommand = (program, run) => {
  program
    .command('browse')
    .description('Opens the listening room: a page to look, listen, search and retry, for this machine only.')
    .option('--port <n>', `where it listens; 0: any free one (default: ${usualPort}, or any if that is taken)`)
    .addHelpText(
      'after',
      helpNote(
        'Prints one address, which signs a browser in, and runs until Ctrl-C. Nothing is uploaded, ' +
          'and nothing becomes public.',
        'Exit code 2: the port is not available.',
      ),
    )
    .action(({ port }: { port?: string }) => run(browse(port === undefined ? undefined : parsePort(port))));
};

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new CommandError(`--port ${text} is no port: give a number from 0 to 65535.`, 2);
}

export function browse(port: number | undefined): CommandWork {
  return async (target, tools) => {
    const interrupted = tools.untilInterrupted();
    const room = await open(port, target, tools);
    return {
      exitCode: 0,
      json: { url: room.url },
      lines: [
        `The listening room is open: ${room.url}`,
        'Anyone on this machine who has the URL can use it. Ctrl-C closes the room.',
      ],
      async keepRunning() {
        if (!interrupted.aborted) await new Promise((done) => interrupted.addEventListener('abort', done));
        await room.close();
      },
    };
  };
}

async function open(port: number | undefined, target: Target, tools: CommandTools) {
  const { openRoom } = await import('../../room/open-room.ts');
  try {
    return await openRoom({ ...tools, target, port: port ?? usualPort });
  } catch (error) {
    if (!isRefusedPort(error)) throw error;
    if (port === undefined) return await openRoom({ ...tools, target, port: 0 });
    throw new CommandError(`Port ${port} is in use, or you may not use it. Choose another, or leave out --port.`, 2);
  }
}

function isRefusedPort(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES');
}
