// The listening room on what the demo has left: its bucket is served once more, and the command opens the room on it.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { deployLocally } from '../deployment.ts';

const commandLine = join(import.meta.dirname, '../../cli/main.ts');

/** Until Ctrl-C. */
export async function browseDemo(data: string): Promise<void> {
  const deployment = await deployLocally({ data, token: randomBytes(16).toString('hex') });
  const room = spawn(process.execPath, [commandLine, 'browse', '--local', data], { stdio: 'inherit' });
  // A terminal sends Ctrl-C to both processes: the room closes first, and then what it stands on.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => room.kill());
  await once(room, 'exit');
  await deployment.close();
}
