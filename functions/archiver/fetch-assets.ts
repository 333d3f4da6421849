// One round over an asset's sources.
import { TransferError, toTransferError, type Verdict, verdicts } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import type { Asset, TaskRecord } from '../domain/record.ts';
import type { Bucket, Clock, Log, LogFields, Transfer, TransferOptions, Transferred } from '../ports.ts';
import { allowedSources } from './allowed-sources.ts';
import { applyAttempts, maybeNotYet, type Try } from './attempt-outcome.ts';
import { titleOf } from './plan.ts';
import type { Policy } from './policy.ts';
import { endUpload } from './transfer/kept-progress.ts';

type Deps = {
  bucket: Pick<Bucket, 'upload' | 'uploadsAt'>;
  transfer: Transfer;
  clock: Clock;
  log: Log;
  random: () => number;
  policy: Policy;
};

/** The asset as it stands afterwards; null where that is another invocation's to say. Throws for no source's fault. */
export async function fetchAsset(
  record: TaskRecord,
  asset: Asset,
  { bucket, transfer, clock, log, random, policy }: Deps,
  { save, signal, stopping }: TransferOptions,
): Promise<Asset | null> {
  const { taskId, tracks } = record;
  const durationSeconds = tracks.find(({ trackId }) => trackId === asset.trackId)?.durationSeconds ?? null;
  // What was not even begun for want of time is no attempt.
  if (stopping.aborted) return { ...asset, nextDueAt: clock.now().toISOString() };
  let { progress } = asset;
  const options: TransferOptions = {
    signal,
    stopping,
    async save(next) {
      await save(next);
      progress = next;
    },
  };
  const tries: Try[] = [];
  const isLastChance = Date.parse(asset.deadline) - clock.now().getTime() < limits.lastChanceMs;
  const isNew = clock.now().getTime() - lastToldAt(record) < limits.newLinkMs;
  const sources = allowedSources(asset, record, policy);
  for (const [index, { url, stage }] of sources.entries()) {
    const result = await tryOnce(url);
    if (result instanceof TransferError && result.code === 'superseded') return null;
    tries.push({ url, result });
    const isStepDown = sources[index + 1]?.stage !== stage;
    if (endsRound(result, isLastChance) || (isNew && isStepDown && mayServeYet(result))) break;
  }
  const hasProgressed = progress !== null && progress.at !== asset.progress?.at && progress.checkedParts > 0;
  const known = { isNew, durationSeconds, canAsk: policy.canAsk };
  const round = { ...known, at: clock.now(), tries, hasProgressed, jitter: random() };
  const after = applyAttempts({ ...asset, progress }, round);
  // Given up for good: nobody will go on with what has come.
  const isGivenUp = after.progress === null && !tries.some((one) => hasArrivedFrom(progress?.source, one));
  if (progress !== null && isGivenUp) await endUpload(bucket, progress, log);
  return after;

  async function tryOnce(url: string): Promise<Transferred | TransferError> {
    const started = clock.now().getTime();
    const ended = (outcome: string, verdict: Verdict | Transferred['state'], fields: LogFields) => {
      const ids = { taskId, trackId: asset.trackId, kind: asset.kind, host: URL.parse(url)?.host };
      log(outcome === 'stored' || outcome === 'unfinished' ? 'info' : 'warn', 'transfer.ended', {
        ...ids,
        outcome,
        verdict,
        ...fields,
        ms: clock.now().getTime() - started,
      });
    };
    try {
      stopping.throwIfAborted();
      const job = { taskId, title: titleOf(record, asset), durationSeconds, asset: { ...asset, progress }, url };
      const result = await transfer(job, options);
      ended(result.state, result.state, { key: result.key, bytes: result.bytes, suspect: result.suspect });
      return result;
    } catch (thrown) {
      const error = signal.aborted || stopping.aborted ? outOfTime(thrown) : toTransferError(thrown);
      ended(error.code, verdicts[error.code], { detail: error.message });
      return error;
    }
  }
}

function hasArrivedFrom(source: string | undefined, { url, result }: Try): boolean {
  return url === source && !(result instanceof TransferError);
}

/** When the links were last told of, in milliseconds since 1970. */
function lastToldAt({ stages, firstSeenAt }: TaskRecord): number {
  return Math.max(...stages.map(({ at }) => Date.parse(at)), Date.parse(firstSeenAt));
}

/** A link that is dead, or so new that it does not serve yet. An earlier stage's file must not take its place. */
function mayServeYet(result: Transferred | TransferError): boolean {
  return result instanceof TransferError && verdicts[result.code] === maybeNotYet;
}

/** Whatever a transfer says that was stopped: it was stopped. Unless it had come to a verdict of its own before. */
function outOfTime(thrown: unknown): TransferError {
  const isOwn = thrown instanceof TransferError && thrown.code !== 'cut';
  return isOwn ? thrown : new TransferError('out_of_time', 'the function ran out of time; the transfer goes on later');
}

/** Where no other source is to be tried. */
const ending: readonly Verdict[] = ['go-on', 'fail'];
/** A passing failure keeps to its source as well: an earlier stage's file must not take the place of the final one. */
const keeping: readonly Verdict[] = ['at-once', 'retry', 'start-over', 'quarantine'];

function endsRound(result: Transferred | TransferError, isLastChance: boolean): boolean {
  if (!(result instanceof TransferError)) return result.state === 'stored';
  const verdict = verdicts[result.code];
  return ending.includes(verdict) || (keeping.includes(verdict) && !isLastChance);
}
