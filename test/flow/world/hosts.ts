// The hosts that serve media: each link has its own behaviour, which may change over time.
import { type TransferCode, TransferError } from '../../../functions/domain/errors.ts';
import type { Clock, Source } from '../../../functions/ports.ts';
import { inMemorySource } from '../../doubles/in-memory-source.ts';

/** The error when a link is opened, or at a byte of it; undefined if it serves. */
export type Behaviour = (at: { now: number; from: number }) => TransferError | undefined;
/** `fileAt`: what is served instead of the file at this time; undefined: the file. */
type Link = { file: Buffer; behaviour: Behaviour; fileAt?: ((now: number) => Buffer | undefined) | undefined };

export function createHosts(clock: Clock) {
  const links = new Map<string, Link>();
  /** How often each link was opened. */
  const opened = new Map<string, number>();

  const of = (url: string): Source => {
    opened.set(url, (opened.get(url) ?? 0) + 1);
    const link = links.get(url);
    if (link === undefined) throw new TransferError('not_found', 'the host answered 404');
    const beforeRead = (from: number) => {
      const failure = link.behaviour({ now: clock.now().getTime(), from });
      if (failure !== undefined) throw failure;
    };
    const file = link.fileAt?.(clock.now().getTime()) ?? link.file;
    return inMemorySource({ file, beforeRead }).source;
  };
  const source: Source = {
    open: async (url, options) => await of(url).open(url, options),
    connectRange: (url, options) => of(url).connectRange(url, options),
  };
  return { source, opened, put: (url: string, link: Link) => void links.set(url, link) };
}

export const serves: Behaviour = () => undefined;

export const answers =
  (code: TransferCode, until = Infinity): Behaviour =>
  ({ now }) =>
    now < until ? new TransferError(code, `it is ${code}`) : undefined;

/** Fails with this chance at each step. */
export const flaky =
  (chance: (share: number) => boolean, share: number): Behaviour =>
  () => {
    if (!chance(share)) return undefined;
    return chance(0.5)
      ? new TransferError('cut', 'the host ended')
      : new TransferError('server_error', 'it answered 500');
  };
