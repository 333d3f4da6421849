// Where a server of this machine can be reached.
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';

/** All of 127.0.0.0/8 leads here, on Linux at least, and so do those addresses by which others know this machine. */
export const otherAddresses: readonly string[] = [
  '127.0.0.2',
  ...Object.values(networkInterfaces())
    .flatMap((all = []) => all.map(({ address }) => address))
    .filter((address) => !['127.0.0.1', '::1'].includes(address)),
];

export function reaches(port: number, address: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, address);
    const end = (isThere: boolean) => () => {
      socket.destroy();
      done(isThere);
    };
    // Some systems say nothing of an address that is not theirs.
    socket.setTimeout(2_000, end(false));
    socket.once('connect', end(true)).once('error', end(false));
  });
}
