// Opens the listening room on the demo's result: serves its bucket again and runs `trackkeeper browse` on it.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { deployLocally } from '../deployment.ts';

const commandLine = join(import.meta.dirname, '../../cli/main.ts');

/** Resolves after Ctrl-C. */
export async function browseDemo(data: string): Promise<void> {
  const deployment = await deployLocally({ data, token: randomBytes(16).toString('hex') });
  const room = spawn(process.execPath, [commandLine, 'browse', '--local', data], { stdio: 'inherit' });
  // A terminal sends Ctrl-C to both processes: the room closes first, then the server it reads from.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => room.kill());
  await once(room, 'exit');
  await deployment.close();
}
