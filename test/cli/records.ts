// Records as the archiver writes them, with what a test does not care about filled in.
import { crc32 } from 'node:zlib';
import { encodeCrc32 } from '../../functions/domain/crc32-combine.ts';
import { sha256 } from '../../functions/domain/file-name.ts';
import { type Asset, noInquiry, type TaskRecord, type Track } from '../../functions/domain/record.ts';
import { openAsset } from '../../functions/domain/reopen.ts';

export function recordOf(more: Partial<TaskRecord> & Pick<TaskRecord, 'taskId'>): TaskRecord {
  return {
    schemaVersion: 1,
    provider: 'sunoapi.org',
    kind: 'music',
    status: 'archived',
    firstSeenAt: '2026-11-20T12:00:00.000Z',
    folder: null,
    labels: {},
    stages: [],
    failure: null,
    tracks: [],
    assets: [],
    omitted: null,
    absent: [],
    missing: [],
    dismissedAt: null,
    extendedTo: null,
    dueAt: null,
    inquiry: noInquiry,
    unconfirmed: null,
    announced: [],
    claim: null,
    ...more,
  };
}

export function trackOf(trackId: string, title: string | null): Track {
  const unknown = { tags: null, model: null, prompt: null, durationSeconds: null, createTime: null };
  return { trackId, title, stage: 'complete', seenAt: '2026-11-20T12:00:00.000Z', ...unknown };
}

export function assetOf(more: Partial<Asset> & Pick<Asset, 'kind'>): Asset {
  const deadline = '2026-12-04T12:00:00.000Z';
  return { ...openAsset({ trackId: null, name: '', sources: [], ...more }), deadline, ...more };
}

/** As it is once these bytes are kept. */
export function storedAsset(more: Partial<Asset> & Pick<Asset, 'kind' | 'key'>, bytes: Buffer): Asset {
  return assetOf({
    state: 'stored',
    bytes: bytes.length,
    crc32: encodeCrc32(crc32(bytes)),
    sha256: sha256(bytes),
    contentType: 'audio/mpeg',
    ...more,
  });
}
