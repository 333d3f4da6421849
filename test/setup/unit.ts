// Setup of the tests in project `unit`: a socket, a process or a worker fails the test that opens it.
import childProcess from 'node:child_process';
import dgram from 'node:dgram';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import workerThreads from 'node:worker_threads';

function refuse(what: string) {
  return () => {
    throw new Error(
      `A unit test opened ${what}. Give it a double, or move the test to project "system" in vitest.config.ts.`,
    );
  };
}

Object.assign(net.Socket.prototype, { connect: refuse('a connection') });
Object.assign(net.Server.prototype, { listen: refuse('a server') });
Object.assign(dgram.Socket.prototype, { bind: refuse('a UDP socket'), send: refuse('a UDP socket') });
Object.assign(childProcess.ChildProcess.prototype, { spawn: refuse('a process') });
Object.assign(childProcess, {
  execFileSync: refuse('a process'),
  execSync: refuse('a process'),
  spawnSync: refuse('a process'),
});
Object.assign(workerThreads, {
  Worker: class {
    constructor() {
      refuse('a worker')();
    }
  },
});
// Named imports of built-in modules see the change only after this.
syncBuiltinESMExports();
