// A socket whose bytes come when a test says, and in such pieces, the way Node delivers them to `onread`: whatever was
// decrypted together is delivered to its end, also after the callback has said stop.
import type { OnReadOpts } from 'node:net';
import { Duplex } from 'node:stream';

export class FedSocket extends Duplex {
  readonly #buffer: () => Uint8Array;
  readonly #callback: OnReadOpts['callback'];
  #memory: Uint8Array;
  written = '';
  isReading = true;

  constructor({ buffer, callback }: OnReadOpts) {
    super();
    this.#buffer = typeof buffer === 'function' ? buffer : () => buffer;
    this.#callback = callback;
    this.#memory = this.#buffer();
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.written += chunk.toString('latin1');
    done();
  }

  override resume(): this {
    this.isReading = true;
    return super.resume();
  }

  /** Delivers all of it, whether or not anyone wants it. */
  feed(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const length = Math.min(this.#memory.length, bytes.length - at);
      if (length === 0) throw new Error('there is no memory to read into: a real socket would hang for ever');
      this.#memory.set(bytes.subarray(at, at + length));
      // Memory is written to before anyone can say that the socket is gone.
      if (this.destroyed) return;
      if (!this.#callback(length, this.#memory)) this.isReading = false;
      this.#memory = this.#buffer();
      at += length;
    }
  }
}
