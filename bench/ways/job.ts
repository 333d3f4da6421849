import { randomUUID } from 'node:crypto';
import type { Format } from '../servers/media-file.ts';

/** One file to transfer. */
export type Job = { id: string; format: Format; sourceUrl: string; bucket: string; key: string; targetUrl: string };

export type Hosts = { source: string; sink: string };

/** S3's maximum for one PUT, which the raw way uses. */
export const maxBytes = 5 * 1024 ** 3;

/** A song is an MP3, a larger file a WAV, and a file beyond a WAV's maximum a film. */
const largest: readonly { format: Format; bytes: number }[] = [
  { format: 'mp3', bytes: 50_000_000 },
  { format: 'wav', bytes: 4_000_000_000 },
];

const bucket = 'bench';

export function createJob({ source, sink }: Hosts, bytes: number, bytesPerSecond: number | undefined): Job {
  const id = randomUUID().replaceAll('-', '');
  const format = largest.find((one) => bytes <= one.bytes)?.format ?? 'mp4';
  const key = `library/${id}.${format}`;
  const pace = bytesPerSecond === undefined ? '' : `?bytesPerSecond=${bytesPerSecond}`;
  const sourceUrl = `https://${source}/${bytes}/song.${format}${pace}`;
  return { id, format, sourceUrl, bucket, key, targetUrl: `https://${sink}/${bucket}/${key}` };
}
