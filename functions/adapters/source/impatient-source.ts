// A source that gives up on a silent host early while other work waits, so that hosts that accept and say nothing keep
// no other file from being fetched. The file goes back to its schedule.
import { TransferError } from '../../domain/errors.ts';
import type { Source } from '../../ports.ts';

type ImpatientSourceOptions = {
  /** How long a host may be silent in any case. */
  silentMs: number;
  /** Whether other messages wait. Must not throw. */
  othersWait: () => Promise<boolean>;
};

export function createImpatientSource(source: Source, { silentMs, othersWait }: ImpatientSourceOptions): Source {
  return {
    ...source,
    async open(url, options) {
      const silence = new AbortController();
      const timer = setTimeout(async () => {
        if (await othersWait()) silence.abort();
      }, silentMs);
      try {
        return await source.open(url, { ...options, signal: AbortSignal.any([options.signal, silence.signal]) });
      } catch (error) {
        if (!silence.signal.aborted || options.signal.aborted) throw error;
        const host = URL.parse(url)?.host ?? 'the host';
        throw new TransferError('first_byte_timeout', `${host} sent nothing while other files waited`, {
          cause: error,
        });
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
