import { randomUUID } from 'node:crypto';
import type { Format } from '../servers/media-file.ts';

/** One file to transfer, as each way is told of it. */
export type Job = { id: string; format: Format; sourceUrl: string; bucket: string; key: string; targetUrl: string };

export type Hosts = { source: string; sink: string };

/** The archiver's largest WAV, and what a WAV header can say. */
export const maxBytes = 4_000_000_000;

/** A song is an MP3; what is larger comes as a WAV. */
const largestSongBytes = 50_000_000;

const bucket = 'bench';

export function createJob({ source, sink }: Hosts, bytes: number, bytesPerSecond: number | undefined): Job {
  const id = randomUUID().replaceAll('-', '');
  const format = bytes <= largestSongBytes ? 'mp3' : 'wav';
  const key = `library/${id}.${format}`;
  const pace = bytesPerSecond === undefined ? '' : `?bytesPerSecond=${bytesPerSecond}`;
  const sourceUrl = `https://${source}/${bytes}/song.${format}${pace}`;
  return { id, format, sourceUrl, bucket, key, targetUrl: `https://${sink}/${bucket}/${key}` };
}
