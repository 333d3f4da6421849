// One source to one object, in one stream. What is not verified is never visible under library/ (P4): a small file is
// checked in memory before it is written, a large one is a multipart upload that is completed only after the check.
// The source itself fails a body that ends before its promised length.
import { TransferError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import { addToCheck, type StructureState, startCheck } from '../domain/structure/check.ts';
import type { Bucket, Clock, Log, OpenSource, Transfer } from '../ports.ts';
import { createChecksum } from './checksum.ts';
import { cutIntoParts } from './parts.ts';
import { publish } from './publish.ts';
import { type Target, targetOf } from './target.ts';
import { verifyStructure } from './verify.ts';

type Deps = { openSource: OpenSource; bucket: Bucket; clock: Clock; log: Log; partBytes?: number };

/** A video of 500 MB takes a minute or so; this is how often the log says how far it is. */
const progressMs = 5_000;

export function createTransfer({ openSource, bucket, clock, log, partBytes = limits.partBytes }: Deps): Transfer {
  return async (job, { signal }) => {
    const { taskId, asset } = job;
    const ids = { taskId, trackId: asset.trackId, kind: asset.kind };
    const maxBytes = limits.assetBytes[asset.kind];
    const { promisedBytes, body } = await openSource(job.url, { signal, maxBytes });
    log('info', 'transfer.started', { ...ids, bytes: promisedBytes });

    const checksum = createChecksum();
    let structure: StructureState | null = null;
    let suspect: string | null = null;
    const inspect = (part: Uint8Array) => {
      checksum.add(part);
      structure = structure && addToCheck(structure, part);
      if (checksum.bytes() > maxBytes) {
        throw new TransferError('too_large', `the file is larger than ${maxBytes} bytes`);
      }
    };
    const publishTo = ({ key }: Target, write: Parameters<typeof publish>[1]) => {
      suspect = structure && verifyStructure(structure, job.durationSeconds);
      return publish({ bucket, key, taskId, whole: checksum.whole() }, write);
    };
    const sayProgress = everyNow(clock, progressMs, () => {
      log('info', 'transfer.progress', { ...ids, bytes: checksum.bytes(), ofBytes: promisedBytes });
    });

    const parts = cutIntoParts(body, partBytes);
    try {
      const first = await parts.next();
      if (first.done) throw new TransferError('empty', 'the host sent no bytes');
      const target = targetOf(job, first.value);
      structure = target.extension === null ? null : startCheck(target.extension, promisedBytes);
      inspect(first.value);
      const isWhole = first.value.length < partBytes;
      await (isWhole ? sendWhole(target, first.value) : sendInParts(target, first.value));
      const { state, key, head } = target;
      return { state, key, contentType: head.contentType, suspect, ...checksum.whole() };
    } finally {
      await parts.return(undefined);
    }

    async function sendWhole(target: Target, bytes: Uint8Array): Promise<void> {
      await publishTo(target, (condition) => bucket.write(target.key, bytes, target.head, condition));
    }

    async function sendInParts(target: Target, first: Uint8Array): Promise<void> {
      const upload = await bucket.startUpload(target.key, target.head);
      let isCompleted = false;
      try {
        await upload.part(first);
        for await (const part of parts) {
          inspect(part);
          await upload.part(part);
          sayProgress();
        }
        await publishTo(target, async (condition) => {
          isCompleted = await upload.complete(checksum.whole(), condition);
          return isCompleted;
        });
      } finally {
        // What cannot be aborted now is swept by the bucket's lifecycle rule.
        if (!isCompleted)
          await upload.abort().catch((error) => log('warn', 'upload.left', { ...ids, detail: `${error}` }));
      }
    }
  };
}

/** Runs `say` at most once in `everyMs`. */
function everyNow(clock: Clock, everyMs: number, say: () => void): () => void {
  let last = clock.now().getTime();
  return () => {
    const now = clock.now().getTime();
    if (now - last < everyMs) return;
    last = now;
    say();
  };
}
