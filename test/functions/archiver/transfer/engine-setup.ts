// The transfer between a host and a bucket that are both in memory. A variable stands for the record.

import type { SaveProgress, Transferred } from '../../../../functions/archiver/transfer/context.ts';
import { createTransfer } from '../../../../functions/archiver/transfer/transfer.ts';
import { TransferError } from '../../../../functions/domain/errors.ts';
import type { Asset } from '../../../../functions/domain/record.ts';
import { openAsset } from '../../../../functions/domain/reopen.ts';
import type { Bucket, Log, Source } from '../../../../functions/ports.ts';
import { type InMemoryBucket, inMemoryBucket } from '../../../doubles/in-memory-bucket.ts';
import { inMemorySource } from '../../../doubles/in-memory-source.ts';
import { song } from '../../../doubles/sample-files.ts';

export const partBytes = 1_000;
const path = 'library/2026-11/2026-11-20_Iron-Man_2fac5d0e/Iron-Man_8551e0a4';
export const key = `${path}.mp3`;
export const url = 'https://media.example/song.mp3';
const taskId = 'task-1';

type Options = {
  /** Whether other messages wait for the function. */
  othersWait?: boolean;
  /** Replaces the source in memory. */
  source?: Source;
  file?: Buffer;
  version?: string | null;
  isLengthKnown?: boolean;
  beforeRead?: (from: number) => void | Promise<void>;
  /** Called before each part, with its number. */
  beforePart?: (number: number) => void | Promise<void>;
  beforeSave?: () => void | Promise<void>;
  bucketCalls?: (bucket: InMemoryBucket) => Partial<Bucket>;
  partBytes?: number;
  /** The share of time in which the process is idle. */
  idleShare?: number;
  durationSeconds?: number;
  onPause?: () => void;
};

export function engineBench(options: Options = {}) {
  const { file = song(10_400), beforePart = () => {}, beforeSave = () => {}, idleShare = 0 } = options;
  const { source, state } = inMemorySource({ ...options, file });
  const host = options.source ?? source;
  const inner = inMemoryBucket();
  const bucket: Bucket = { ...inner, ...options.bucketCalls?.(inner) };
  const watched: Bucket = {
    ...bucket,
    upload(name, id) {
      const upload = bucket.upload(name, id);
      return {
        ...upload,
        async part(number, ...part) {
          await beforePart(number);
          return await upload.part(number, ...part);
        },
      };
    },
  };
  const lines: { event: string; fields: Parameters<Log>[2] }[] = [];
  const pauses: number[] = [];
  let seconds = 0;
  /** The file's state in the record. */
  const record: { asset: Asset } = {
    asset: { ...openAsset({ kind: 'audio', trackId: 'track-1', name: '', sources: [] }), path },
  };

  /** Each invocation is a new process: it knows only what the record says. */
  async function invoke(given: { stopping?: AbortSignal; save?: SaveProgress; link?: string } = {}) {
    const transfer = createTransfer({
      source: host,
      bucket: watched,
      clock: { now: () => new Date(Date.parse('2026-11-20T12:00:00Z') + seconds++ * 1000) },
      log: (_level, event, fields) => lines.push({ event, fields }),
      pause: async (ms) => {
        pauses.push(ms);
        options.onPause?.();
      },
      othersWait: async () => options.othersWait ?? false,
      measureCpuHeadroom: () => () => ({ ms: 1_000, idleMs: 1_000 * idleShare }),
      partBytes: options.partBytes ?? partBytes,
    });
    const save: SaveProgress = async (progress) => {
      await beforeSave();
      record.asset = { ...record.asset, progress };
    };
    const never = new AbortController().signal;
    const { durationSeconds = null } = options;
    const job = { taskId, title: 'Iron Man', durationSeconds, asset: record.asset, url: given.link ?? url };
    const transferred = await transfer(job, {
      signal: never,
      stopping: given.stopping ?? never,
      save: given.save ?? save,
    });
    record.asset = { ...record.asset, progress: null };
    return transferred;
  }

  return {
    ...{ invoke, record, state, lines, pauses, bucket: inner },
    stored: () => inner.objects.get(key)?.bytes,
    code: (...given: Parameters<typeof invoke>) => codeOf(invoke(...given)),
  };
}

export async function codeOf(ending: Promise<Transferred>): Promise<string> {
  try {
    return (await ending).state;
  } catch (error) {
    if (error instanceof TransferError) return error.code;
    throw error;
  }
}

/** Fails the calls with these numbers, counted from 1. */
export function failingAt(numbers: readonly number[], error: () => Error): () => void {
  let calls = 0;
  return () => {
    if (numbers.includes(++calls)) throw error();
  };
}
