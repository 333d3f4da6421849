// The bytes' way into S3: docs/decisions/0016-bytes-go-to-s3-by-our-own-put.md.
import { crc32 } from 'node:zlib';
import { encodeCrc32 } from '../../domain/crc32.ts';
import type { AwsEnvironment } from '../aws/environment.ts';
import { faultCode } from '../aws/fault-code.ts';
import { createAwsSender } from '../aws/sender.ts';
import type { HttpAnswer } from '../http/answer.ts';
import { objectUrl } from './object-url.ts';
import { attempts, type S3Options } from './s3-options.ts';

/** A body is two parts at most; at 100 KB/s they take three minutes. */
const patience = { connectMs: 5_000, idleMs: 30_000, totalMs: 240_000, answerBytes: 64 * 1024 };
/** Of bytes that S3 did not get as they are here. Each may need its attempts: 12 requests are the most. */
const sendings = 3;

type Put = {
  key: string;
  /** Of a part: `partNumber` and `uploadId`. */
  query?: Readonly<Record<string, string>>;
  headers?: Readonly<Record<string, string>>;
  /** Sent from where it lies: it must not change before the answer. */
  body: readonly Uint8Array[];
  /** Computed where it is not known. */
  crc32?: number | undefined;
};
/** Resolves with S3's last word, refusals included. @throws where there was none */
export type PutToS3 = (put: Put) => Promise<HttpAnswer>;

type PutOptions = S3Options & { environment: AwsEnvironment; bucketUrl: () => Promise<URL> };

export function createS3Put({ environment, bucketUrl, limits, wait, random }: PutOptions): PutToS3 {
  const send = createAwsSender({ environment, limits: { ...patience, ...limits }, attempts, wait, random });
  let bucket: Promise<URL> | undefined;

  return async ({ key, query = {}, headers = {}, body, crc32: known }) => {
    bucket ??= bucketUrl();
    const url = objectUrl(await bucket, key, query);
    const checksum = encodeCrc32(known ?? body.reduce((crc, piece) => crc32(piece, crc), 0));
    for (let sent = 1; ; sent++) {
      const answer = await send({
        service: 's3',
        method: 'PUT',
        url,
        headers: { ...headers, 'x-amz-checksum-crc32': checksum },
        body,
        payload: 'unsigned',
      });
      // A bit that flipped on the way: the bytes are here still, and as they were.
      if (sent === sendings || faultCode(answer) !== 'BadDigest') return answer;
    }
  };
}
