// P7: a part is in memory once, in the buffer that it was read into.
import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { crc32 } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { startServer } from '../../../../bench/servers/server-process.ts';
import { caFile } from '../../../../bench/servers/tls.ts';
import { MiB } from '../../../contracts/local-s3.ts';
import { bucketAt, head } from './s3-setup.ts';

test('P7: 50 parts of 8 MiB from one buffer are copied nowhere', async () => {
  // In a process of its own, so that the bytes it receives are not counted here.
  const sink = await startServer('sink');
  onTestFinished(sink.close);
  const trusted = getCACertificates('default');
  setDefaultCACertificates([...trusted, readFileSync(caFile, 'utf8')]);
  onTestFinished(() => setDefaultCACertificates(trusted));
  const bucket = bucketAt(`https://${sink.host}`);
  const upload = bucket.upload('video', await bucket.startUpload('video', head));
  const part = Buffer.alloc(8 * MiB, 'la ');
  const crc = crc32(part);
  await upload.part(1, part, crc);

  const before = process.memoryUsage().external;
  let most = before;
  // Memory without references counts until it is collected, so that a copy of each part would show.
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().external);
  }, 1);
  onTestFinished(() => clearInterval(watch));
  for (let number = 2; number <= 51; number++) await upload.part(number, part, crc);

  expect(most - before).toBeLessThan(1 * MiB);
});
