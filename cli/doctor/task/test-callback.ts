// The callback that the doctor sends: a finished song, as sunoapi.org and kie.ai tell of one.

import { testSongSeconds } from '../../../client/test-song.ts';
import { kieSignature } from '../../../functions/domain/kie-signature.ts';

/** The label of all that the doctor sends, and the second one of what it sends once more. */
export const doctorLabel = 'doctor';
export const againLabel = 'doctorAgain';

export function testCallback(taskId: string, songUrl: string): string {
  const track = { id: `${taskId}-song`, audio_url: songUrl, title: 'Doctor', duration: testSongSeconds };
  return JSON.stringify({
    code: 200,
    msg: 'All generated successfully.',
    data: { callbackType: 'complete', task_id: taskId, data: [track] },
  });
}

/** kie.ai's signature, where the secret has the key to it. */
export function signedHeaders(taskId: string, key: string | null, now: Date): Record<string, string> {
  if (key === null) return {};
  const timestamp = String(Math.floor(now.getTime() / 1000));
  return { 'x-webhook-timestamp': timestamp, 'x-webhook-signature': kieSignature(taskId, timestamp, key) };
}
