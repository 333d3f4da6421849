// The job as the archiver gets it from its queue: one message with one callback that names one file.
import type { Job } from './job.ts';

export function archiverEvent({ id, format, sourceUrl }: Job): object {
  const song = { callbackType: 'complete', task_id: id, data: [{ id, title: 'Song', audio_url: sourceUrl }] };
  const data = format === 'mp3' ? song : { task_id: id, audioWavUrl: sourceUrl };
  const receivedAt = new Date().toISOString();
  const callback = JSON.stringify({ code: 200, msg: 'success', data });
  const message = { schemaVersion: 1, type: 'callback', receivedAt, labels: {}, encoding: 'text', body: callback };
  const attributes = { ApproximateReceiveCount: '1', SentTimestamp: String(Date.now()) };
  return { Records: [{ messageId: id, receiptHandle: id, body: JSON.stringify(message), attributes }] };
}
