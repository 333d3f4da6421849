// A host in memory, without any network, that fails just where a test wants. It counts what was fetched from it.
import { TransferError } from '../../functions/domain/errors.ts';
import type { OpenedSource, RangeConnection, Source } from '../../functions/ports.ts';

type Options = {
  file: Buffer;
  /** Null: it serves no ranges. */
  version?: string | null;
  isLengthKnown?: boolean;
  /** Told before each read, with the byte that it begins at; what it throws is how the read fails. */
  beforeRead?: (from: number) => void | Promise<void>;
};

export function inMemorySource({ file, version = '"1"', isLengthKnown = true, beforeRead = () => {} }: Options) {
  const state = { file, version, fetched: 0, opened: 0, connections: 0, open: 0 };

  function held<T extends object>(given: T): T & { close(): void } {
    state.open++;
    let isOpen = true;
    return {
      ...given,
      close() {
        if (isOpen) state.open--;
        isOpen = false;
      },
    };
  }

  async function copy(into: Uint8Array, from: number, end: number): Promise<number> {
    await beforeRead(from);
    const bytes = state.file.subarray(from, Math.min(from + into.length, end));
    into.set(bytes);
    state.fetched += bytes.length;
    return bytes.length;
  }

  const source: Source = {
    async open(_url, { aheadBytes, inOneStream = false }): Promise<OpenedSource> {
      await beforeRead(0);
      state.opened++;
      const version = inOneStream ? null : state.version;
      const end = version === null ? state.file.length : aheadBytes;
      let position = 0;
      return held({
        totalBytes: isLengthKnown ? state.file.length : null,
        version,
        async read(into: Uint8Array) {
          const bytes = await copy(into, position, end);
          position += bytes;
          return bytes;
        },
      });
    },
    connectRange(_url, { version: expected, totalBytes }): RangeConnection {
      state.connections++;
      return held({
        async fill(into: Uint8Array, from: number) {
          if (state.version !== expected || state.file.length !== totalBytes) {
            throw new TransferError('changed', 'it is another file by now');
          }
          await copy(into, from, totalBytes);
        },
      });
    },
  };
  return { source, state };
}
