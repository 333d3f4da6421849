import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { BucketReader } from '../../client/target.ts';
import { storedFiles, verifyFile } from '../../client/verify-file.ts';
import { setUpCli } from './cli-setup.ts';
import { assetOf, recordOf, storedAsset } from './records.ts';

const song = Buffer.alloc(200_000, 'a song');
const at = (key: string) => storedAsset({ kind: 'audio', key }, song);

describe('verify', () => {
  test('finds every file as its record says, however often it looks', async () => {
    const { json, put, putRecord } = await setUpCli();
    const quarantined = { ...at('quarantine/one/b.bin'), state: 'quarantined' as const };
    const open = assetOf({ kind: 'image' });
    await putRecord(recordOf({ taskId: 'one', assets: [at('library/a.mp3'), quarantined, open] }));
    await put('library/a.mp3', song);
    await put('quarantine/one/b.bin', song);

    const first = await json('verify');
    const second = await json('verify');

    expect([first.exitCode, first.answer]).toEqual([
      0,
      { files: 2, whole: 2, bytes: 400_000, faults: [], suspect: [], unreadableRecords: [] },
    ]);
    expect(second).toEqual(first);
  });

  test('lists what is missing, too short or another, and ends with 1', async () => {
    const { cli, json, put, putRecord } = await setUpCli();
    const withoutHash = { ...at('library/same-crc.mp3'), sha256: '0'.repeat(64) };
    const assets = [at('library/flipped.mp3'), at('library/gone.mp3'), at('library/short.mp3'), at('library/ok.mp3')];
    await putRecord(recordOf({ taskId: 'one', assets }));
    await putRecord(recordOf({ taskId: 'two', assets: [withoutHash] }));
    const flipped = Buffer.from(song);
    flipped[100_000] = 0;
    await put('library/flipped.mp3', flipped);
    await put('library/short.mp3', song.subarray(1));
    await put('library/ok.mp3', song);
    await put('library/same-crc.mp3', song);

    const { exitCode, answer } = await json('verify');

    expect(exitCode).toBe(1);
    expect(answer).toMatchObject({
      files: 5,
      whole: 1,
      faults: [
        { taskId: 'one', key: 'library/flipped.mp3', fault: 'damaged', detail: expect.stringContaining('CRC32') },
        { taskId: 'one', key: 'library/gone.mp3', fault: 'missing' },
        { taskId: 'two', key: 'library/same-crc.mp3', fault: 'damaged', detail: expect.stringContaining('SHA-256') },
        { taskId: 'one', key: 'library/short.mp3', fault: 'damaged', detail: '199999 bytes instead of 200000' },
      ],
    });
    expect((await cli('verify')).out).toMatch(
      /^1 of 5 files are as their records say.*\ndamaged .*\n {2}trackkeeper retry one --damaged\n {2}trackkeeper retry two --damaged\n$/s,
    );
  });

  test('with --since looks only at tasks whose record changed since', async () => {
    const { json, put, putRecord, bucketFolder } = await setUpCli();
    await putRecord(recordOf({ taskId: 'old', assets: [at('library/gone.mp3')] }));
    await putRecord(recordOf({ taskId: 'new', assets: [at('library/ok.mp3')] }));
    await put('library/ok.mp3', song);
    await utimes(join(bucketFolder, 'tasks/old.json'), new Date('2026-11-01'), new Date('2026-11-01'));
    await utimes(join(bucketFolder, 'tasks/new.json'), new Date('2026-11-21'), new Date('2026-11-21'));

    expect(await json('verify', '--since', '2026-11-10')).toMatchObject({
      exitCode: 0,
      answer: { files: 1, whole: 1 },
    });
  });

  test('ends with 1 where a record cannot be read: no one knows what its files should be', async () => {
    const { json, put } = await setUpCli();
    await put('tasks/one.json', '{}');

    expect(await json('verify')).toMatchObject({ exitCode: 1, answer: { unreadableRecords: ['tasks/one.json'] } });
  });
});

describe('verifyFile', () => {
  const file = (bytes: Buffer) => {
    const asset = storedAsset({ kind: 'audio', key: 'library/a.mp3' }, bytes);
    const record = recordOf({ taskId: 'one', assets: [asset] });
    const [kept] = storedFiles(record);
    if (kept === undefined) throw new Error('it is kept');
    return { kept, text: JSON.stringify(record) };
  };
  async function* inPieces(bytes: Buffer, isCut = false) {
    yield bytes.subarray(0, 3);
    if (isCut) throw new Error('the connection was reset');
    yield bytes.subarray(3);
  }

  function bucketOf(opens: (() => AsyncIterable<Uint8Array>)[], record: string): BucketReader {
    return {
      list: () => {
        throw new Error('nobody lists');
      },
      read: async () => ({ body: Buffer.from(record), modified: new Date(), metadata: {} }),
      open: async () => opens.shift()?.(),
      openRange: () => {
        throw new Error('nobody asks for a part');
      },
    };
  }

  test('a connection that is cut says nothing about the file: it is read again, and counted once', async () => {
    const { kept, text } = file(song);
    let read = 0;
    const opens = [() => inPieces(song, true), () => inPieces(song, true), () => inPieces(song)];

    const finding = await verifyFile(bucketOf(opens, text), kept, (bytes) => {
      read += bytes;
    });

    expect([finding, read]).toEqual([undefined, song.length]);
  });

  test('one that is cut every time is unreadable, not damaged', async () => {
    const { kept, text } = file(song);
    const opens = Array.from({ length: 9 }, () => () => inPieces(song, true));

    expect(await verifyFile(bucketOf(opens, text), kept, () => {})).toEqual({
      fault: 'unreadable',
      detail: 'the connection was reset',
    });
  });

  test('a file that was replaced meanwhile is held against its new record', async () => {
    const final = Buffer.from('the final song');
    const opens = [() => inPieces(final), () => inPieces(final)];

    expect(await verifyFile(bucketOf(opens, file(final).text), file(song).kept, () => {})).toBeUndefined();
  });
});
