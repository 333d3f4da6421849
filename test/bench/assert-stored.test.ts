import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { assertStored } from '../../bench/assert-stored.ts';
import { mediaFile } from '../../bench/servers/media-file.ts';
import { createJob } from '../../bench/ways/job.ts';
import { encodeCrc32 } from '../../functions/domain/crc32.ts';

const bytes = 1_000_000;
const jobs = [createJob({ source: 'a', sink: 'b' }, bytes, undefined)];
const right = encodeCrc32(crc32(Buffer.concat([...mediaFile('mp3', bytes).pieces(0, bytes)])));
const file = { key: 'library/a.mp3', bytes, crc32: right };
const record = { key: 'tasks/a.json', bytes: 900 };

test.each([
  { stored: [file], openUploads: 0, isVerifying: true },
  { stored: [record, file, record], openUploads: 0, isVerifying: true },
  { stored: [{ ...file, crc32: undefined }], openUploads: 0, isVerifying: false },
])('one whole file among records is what is asked for: %j', ({ isVerifying, ...tally }) => {
  expect(() => assertStored(tally, jobs, { bytes, isVerifying })).not.toThrow();
});

test.each([
  { fault: 'nothing', stored: [record], openUploads: 0, says: 'once and whole' },
  { fault: 'the file twice', stored: [file, file], openUploads: 0, says: 'once and whole' },
  { fault: 'a byte too few', stored: [{ ...file, bytes: bytes - 1 }], openUploads: 0, says: 'once and whole' },
  { fault: 'an open upload', stored: [file], openUploads: 1, says: 'once and whole' },
  { fault: 'other bytes', stored: [{ ...file, crc32: 'AAAAAA==' }], openUploads: 0, says: 'not what was sent' },
  { fault: 'no checksum', stored: [{ ...file, crc32: undefined }], openUploads: 0, says: 'not what was sent' },
])('$fault in the sink is no result', ({ says, ...tally }) => {
  expect(() => assertStored(tally, jobs, { bytes, isVerifying: true })).toThrow(says);
});
