// The archiver's input: a callback that names one file, and the wake message that it leads to.
import type { Format } from '../servers/media-file.ts';
import type { Job } from './job.ts';

/** As the provider describes a song, its WAV and its film. */
const dataOf: Record<Format, (job: Job) => object> = {
  mp3: ({ id, sourceUrl }) => ({ callbackType: 'complete', data: [{ id, title: 'Song', audio_url: sourceUrl }] }),
  wav: ({ sourceUrl }) => ({ audioWavUrl: sourceUrl }),
  mp4: ({ sourceUrl }) => ({ video_url: sourceUrl }),
};

export function archiverEvent(job: Job) {
  const { id, format } = job;
  const receivedAt = new Date().toISOString();
  const callback = JSON.stringify({ code: 200, msg: 'success', data: { task_id: id, ...dataOf[format](job) } });
  const message = { schemaVersion: 1, type: 'callback', receivedAt, labels: {}, encoding: 'text', body: callback };
  const wake = { schemaVersion: 1, type: 'wake', task: id, marker: receivedAt };
  const attributes = { ApproximateReceiveCount: '1', SentTimestamp: String(Date.now()) };
  return {
    Records: [message, wake].map((body) => ({
      messageId: id,
      receiptHandle: id,
      eventSourceARN: 'arn:aws:sqs:local:0:bench',
      body: JSON.stringify(body),
      attributes,
    })),
  };
}
