// A thread that ends its process when the parent is gone, whatever ended the parent: the pipe between them then
// closes. It is a thread because the main thread may be stuck in a loop, and an orphaned process must not keep
// spinning.

import { Socket } from 'node:net';

const pipeFromParent = 0;

new Socket({ fd: pipeFromParent, readable: true, writable: false })
  .on('error', () => {})
  .on('close', () => process.kill(process.pid, 'SIGKILL'))
  .resume();
