// Every key that is made from a callback is accepted and returned by S3, whatever the callback says.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planAssets } from '../../../../functions/archiver/plan.ts';
import { parseCallback } from '../../../../functions/domain/callback/parse.ts';
import { mergeCallback } from '../../../../functions/domain/merge.ts';
import { callbackKey, quarantineKey, recordKey, unrecognisedKey } from '../../../../functions/domain/object-key.ts';
import { trickyKeys } from './hostile-keys.ts';
import { head, sendPart, setUpS3, whole } from './s3-setup.ts';

const text = fc.oneof(
  fc.constantFrom(...trickyKeys, '..', '../../x', 'CON', 'x'.repeat(5_000)),
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
);
const callback = fc.record({
  code: fc.constant(200),
  data: fc.record({
    callbackType: fc.constant('complete'),
    task_id: text.filter((id) => id.trim() !== '' && id.length <= 512),
    data: fc.array(fc.record({ id: text, title: text, audio_url: fc.constant('https://h.example/a.mp3') }), {
      minLength: 1,
      maxLength: 3,
    }),
  }),
});

function keysOf(body: Buffer): string[] {
  const parsed = parseCallback(body);
  if ('unrecognised' in parsed) throw new Error(parsed.unrecognised);
  const { taskId, stage } = parsed.callback;
  const merged = mergeCallback(undefined, {
    callback: parsed.callback,
    receivedAt: '2026-11-20T10:00:00.000Z',
    labels: {},
  });
  const { assets } = planAssets(merged);
  const places = assets.flatMap((asset) => [`${asset.path}.mp3`, quarantineKey(taskId, asset)]);
  return [recordKey(taskId), callbackKey(taskId, stage, body), unrecognisedKey(body), ...new Set(places)];
}

test('any key that is made of a callback is written by us and read by the SDK', async () => {
  const { s3, bucket } = await setUpS3();

  await fc.assert(
    fc.asyncProperty(callback, async (sent) => {
      for (const key of keysOf(Buffer.from(JSON.stringify(sent)))) {
        await bucket.write(key, key, head);
        expect(await s3.text(key)).toBe(key);

        const upload = bucket.upload(key, await bucket.startUpload(key, head));
        const part = await sendPart(upload, 1, `all of ${key}`);
        expect(await upload.complete([part], whole(`all of ${key}`))).toBe('done');
        expect(await s3.text(key)).toBe(`all of ${key}`);
      }
    }),
    { numRuns: 15 },
  );
});
