// Decides where a file is stored, from its first bytes.
import { TransferError, verdictOf } from '../../domain/errors.ts';
import { contentDisposition } from '../../domain/file-name.ts';
import { recognise } from '../../domain/media.ts';
import { quarantineKey } from '../../domain/object-key.ts';
import type { ObjectHead, TransferJob, Transferred } from '../../ports.ts';

/** `extension`: of the media type; null if nothing more is verified. */
export type Target = { state: Transferred['state']; key: string; head: ObjectHead; extension: string | null };

/** @throws TransferError `not_media` if a web page arrived instead of a file */
export function targetOf(job: TransferJob, firstBytes: Buffer): Target {
  const { taskId, title, asset } = job;
  const metadata = { taskid: taskId, trackid: asset.trackId ?? '' };
  const type = recognise(firstBytes, asset.kind);
  if (type === 'page') {
    throw new TransferError('not_media', `a text came instead of the ${asset.kind}: ${excerpt(firstBytes)}`);
  }
  if (type === 'unknown') return quarantineOf(job);
  const { contentType, extension } = type;
  const head = { contentType, contentDisposition: contentDisposition(title, extension), metadata };
  return { state: 'stored', key: `${asset.path}.${extension}`, head, extension };
}

/** The quarantine key: for bytes that are not media or not complete, kept for a person to judge. */
export function quarantineOf({ taskId, asset }: TransferJob): Target {
  const metadata = { taskid: taskId, trackid: asset.trackId ?? '' };
  const head = { contentType: 'application/octet-stream', metadata };
  return { state: 'quarantined', key: quarantineKey(taskId, asset), head, extension: null };
}

/** A host may cut a file once or twice; a file that always arrives like this is kept for a person to judge. */
const maxRefusals = 2;

export function isHopeless({ asset, url }: TransferJob): boolean {
  const refusals = asset.attempts.filter(({ source, code }) => source === url && verdictOf(code) === 'quarantine');
  return refusals.length >= maxRefusals;
}

/** Enough of an error page to recognise it, without characters that could act on a terminal or in a log. */
function excerpt(bytes: Buffer): string {
  return bytes
    .toString('utf8', 0, 80)
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim();
}
