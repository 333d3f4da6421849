// A thread that ends its process when the parent is gone, however the parent went: the pipe that it reads then closes.
// A thread, because the main one may be stuck in a loop, and an orphan that spins is the worst kind.

import { Socket } from 'node:net';

const pipeFromParent = 0;

new Socket({ fd: pipeFromParent, readable: true, writable: false })
  .on('error', () => {})
  .on('close', () => process.kill(process.pid, 'SIGKILL'))
  .resume();
