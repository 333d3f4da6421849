import type { ClientRequest } from 'node:http';

export type ProgressLimits = {
  /** From the look-up of the name to the end of the TLS handshake. */
  connectMs: number;
  /** While nothing moves in either direction, once connected. */
  idleMs: number;
  /** From the beginning to the answer's last byte. */
  totalMs: number;
};

/** Says once, by `onLate`, which of the limits a request has passed. */
export function watchProgress(
  request: ClientRequest,
  { connectMs, idleMs, totalMs }: ProgressLimits,
  onLate: (what: string) => void,
): { progress: () => void; end: () => void } {
  const total = setTimeout(onLate, totalMs, `no whole answer within ${totalMs} ms`);
  let phase = setTimeout(onLate, connectMs, `no connection within ${connectMs} ms`);
  let hasEnded = false;
  const onConnected = () => {
    if (hasEnded) return;
    clearTimeout(phase);
    phase = setTimeout(onLate, idleMs, `nothing came for ${idleMs} ms`);
  };
  request.once('socket', (socket) => {
    if (request.reusedSocket) onConnected();
    else socket.once(request.protocol === 'https:' ? 'secureConnect' : 'connect', onConnected);
  });
  return {
    progress() {
      if (!hasEnded) phase.refresh();
    },
    end() {
      hasEnded = true;
      clearTimeout(total);
      clearTimeout(phase);
    },
  };
}
