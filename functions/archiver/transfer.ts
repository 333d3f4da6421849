// One source to one object, in one stream. What is not verified is never visible under library/ (P4): a small file is
// checked in memory before it is written, a large one is a multipart upload that is completed only after the check.
// The source itself fails a body that ends before its promised length.
import { TransferError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import type { Bucket, Clock, Log, OpenSource, Transfer } from '../ports.ts';
import { createInspection, type Inspection } from './inspection.ts';
import { cutIntoParts } from './parts.ts';
import { publish } from './publish.ts';
import { type Target, targetOf } from './target.ts';

type Deps = { openSource: OpenSource; bucket: Bucket; clock: Clock; log: Log; partBytes?: number };

/** A video of 500 MB takes a minute or so; this is how often the log says how far it is. */
const progressMs = 5_000;

export function createTransfer({ openSource, bucket, clock, log, partBytes = limits.partBytes }: Deps): Transfer {
  return async (job, { signal }) => {
    const { taskId, asset, durationSeconds } = job;
    const ids = { taskId, trackId: asset.trackId, kind: asset.kind };
    const maxBytes = limits.assetBytes[asset.kind];
    const { promisedBytes, body } = await openSource(job.url, { signal, maxBytes });
    log('info', 'transfer.started', { ...ids, bytes: promisedBytes });

    const parts = cutIntoParts(body, partBytes);
    try {
      const first = await parts.next();
      if (first.done) throw new TransferError('empty', 'the host sent no bytes');
      const target = targetOf(job, first.value);
      const inspection = createInspection({ extension: target.extension, promisedBytes, maxBytes });
      inspection.add(first.value);
      const isWhole = first.value.length < partBytes;
      const suspect = await (isWhole ? sendWhole : sendInParts)(first.value, target, inspection);
      const { state, key, head } = target;
      return { state, key, contentType: head.contentType, suspect, ...inspection.whole() };
    } finally {
      await parts.return(undefined);
    }

    async function sendWhole(bytes: Uint8Array, { key, head }: Target, inspection: Inspection): Promise<string | null> {
      const suspect = inspection.verify(durationSeconds);
      const whole = inspection.whole();
      await publish({ bucket, key, taskId, whole }, (condition) => bucket.write(key, bytes, head, condition));
      return suspect;
    }

    async function sendInParts(
      first: Uint8Array,
      { key, head }: Target,
      inspection: Inspection,
    ): Promise<string | null> {
      const sayProgress = everyNow(clock, progressMs, () => {
        log('info', 'transfer.progress', { ...ids, bytes: inspection.bytes(), ofBytes: promisedBytes });
      });
      const upload = await bucket.startUpload(key, head);
      let isCompleted = false;
      try {
        await upload.part(first);
        for await (const part of parts) {
          inspection.add(part);
          await upload.part(part);
          sayProgress();
        }
        const suspect = inspection.verify(durationSeconds);
        const whole = inspection.whole();
        await publish({ bucket, key, taskId, whole }, async (condition) => {
          isCompleted = await upload.complete(whole, condition);
          return isCompleted;
        });
        return suspect;
      } finally {
        // What cannot be aborted now is swept by the bucket's lifecycle rule.
        if (!isCompleted) {
          await upload.abort().catch((error) => log('warn', 'upload.left', { ...ids, detail: `${error}` }));
        }
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
