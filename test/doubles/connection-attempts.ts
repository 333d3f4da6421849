import { createHook } from 'node:async_hooks';
import { onTestFinished } from 'vitest';

/**
 * Every TCP connection that this process tries to open, from now to the end of the test, as `address port`. Node makes
 * one such resource for each attempt of any module: http, tls, a race between several addresses.
 */
export function watchConnectionAttempts(): () => string[] {
  const tries: object[] = [];
  const hook = createHook({
    init(_id, type, _trigger, resource) {
      if (type === 'TCPCONNECTWRAP') tries.push(resource);
    },
  }).enable();
  onTestFinished(() => {
    hook.disable();
  });
  // Node fills the address in after it has made the resource, so it is read only when it is asked for.
  return () => tries.map((one) => ('address' in one && 'port' in one ? `${one.address} ${one.port}` : 'unknown'));
}
