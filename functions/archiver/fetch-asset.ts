// One round over an asset's sources.
import { TransferError, toTransferError, verdicts } from '../domain/errors.ts';
import type { Asset, TaskRecord } from '../domain/record.ts';
import type { Clock, Log, Transfer, Transferred } from '../ports.ts';
import { afterRound, type Try } from './disposition.ts';
import { titleOf } from './plan.ts';

type Deps = { transfer: Transfer; clock: Clock; log: Log };

/** The asset as it stands afterwards. Throws for no source's fault. */
export async function fetchAsset(
  record: TaskRecord,
  asset: Asset,
  { transfer, clock, log }: Deps,
  signal: AbortSignal,
): Promise<Asset> {
  const { taskId, firstSeenAt, tracks } = record;
  const durationSeconds = tracks.find(({ trackId }) => trackId === asset.trackId)?.durationSeconds ?? null;
  const tries: Try[] = [];
  for (const { url } of asset.sources) {
    const result = await tryOnce(url);
    tries.push({ url, result });
    if (endsRound(result)) break;
  }
  return afterRound(asset, { at: clock.now(), tries, firstSeenAt, durationSeconds });

  async function tryOnce(url: string): Promise<Transferred | TransferError> {
    const started = clock.now().getTime();
    const ended = (outcome: string, fields: Parameters<Log>[2]) => {
      const ids = { taskId, trackId: asset.trackId, kind: asset.kind, host: URL.parse(url)?.host };
      log(outcome === 'stored' ? 'info' : 'warn', 'transfer.ended', {
        ...ids,
        outcome,
        ...fields,
        ms: clock.now().getTime() - started,
      });
    };
    try {
      signal.throwIfAborted();
      const job = {
        taskId,
        title: titleOf(record, asset),
        durationSeconds,
        asset,
        url,
      };
      const result = await transfer(job, { signal });
      ended(result.state, { key: result.key, bytes: result.bytes, suspect: result.suspect });
      return result;
    } catch (thrown) {
      const error = signal.aborted
        ? new TransferError('out_of_time', 'the function ran out of time; the transfer is made again')
        : toTransferError(thrown);
      ended(error.code, { detail: error.message });
      return error;
    }
  }
}

/** A passing failure keeps to its source: an earlier stage's file must not take the place of the final one. */
function endsRound(result: Transferred | TransferError): boolean {
  return result instanceof TransferError ? verdicts[result.code] === 'retry' : result.state === 'stored';
}
