import { describe, expect, test } from 'vitest';
import { recognise } from '../../../functions/domain/media.ts';
import type { AssetKind } from '../../../functions/domain/record.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');

describe('a file is known by its first bytes', () => {
  test.each<[string, AssetKind, string, string]>([
    ['an MP3 with tags', 'audio', 'ID3\x04\0\0\0\0\0\0', 'audio/mpeg'],
    ['an MP3 of MPEG 1 without tags', 'audio', '\xff\xfb\x90\x64\0', 'audio/mpeg'],
    ['an MP3 of MPEG 1 with checksums', 'audio', '\xff\xfa\x90\x64\0', 'audio/mpeg'],
    ['an MP3 of MPEG 2', 'audio', '\xff\xf3\x84\xc4\0', 'audio/mpeg'],
    ['an MP3 of MPEG 2.5', 'audio', '\xff\xe3\x18\xc4\0', 'audio/mpeg'],
    ['an MP3 of the highest bit rate', 'audio', '\xff\xfb\xe0\x64\0', 'audio/mpeg'],
    ['an AAC stream of MPEG 4', 'audio', '\xff\xf1\x50\x80\0', 'audio/aac'],
    ['an AAC stream of MPEG 2', 'audio', '\xff\xf9\x50\x80\0', 'audio/aac'],
    ['an M4A', 'audio', '\0\0\0\x20ftypM4A \0', 'audio/mp4'],
    ['an audiobook', 'audio', '\0\0\0\x20ftypM4B \0', 'audio/mp4'],
    ['an MP4 without pictures', 'audio', '\0\0\0\x20ftypisom\0', 'audio/mp4'],
    ['a WAV', 'wav', 'RIFF\x24\0\0\0WAVEfmt ', 'audio/wav'],
    ['a WAV that is a stem', 'stem', 'RIFF\x24\0\0\0WAVEfmt ', 'audio/wav'],
    ['a FLAC', 'audio', 'fLaC\0\0\0\x22', 'audio/flac'],
    ['an Ogg', 'audio', 'OggS\0\x02', 'audio/ogg'],
    ['an MP4', 'video', '\0\0\0\x20ftypisom\0', 'video/mp4'],
    ['a video of iTunes', 'video', '\0\0\0\x20ftypM4V \0', 'video/mp4'],
    ['a WebM', 'video', '\x1a\x45\xdf\xa3\0', 'video/webm'],
    ['a JPEG', 'image', '\xff\xd8\xff\xe0\0\x10JFIF', 'image/jpeg'],
    ['a PNG', 'image', '\x89PNG\r\n\x1a\n\0', 'image/png'],
    ['a WebP', 'image', 'RIFF\x24\0\0\0WEBPVP8 ', 'image/webp'],
    ['a GIF', 'image', 'GIF89a\0', 'image/gif'],
  ])('%s', (_what, kind, head, contentType) => {
    expect(recognise(bytes(head), kind)).toMatchObject({ contentType });
  });
});

describe('a text is a page, whatever it was to be', () => {
  test.each([
    ['HTML', Buffer.from('<!doctype html><title>403</title>')],
    ['JSON', Buffer.from('{"code":404,\r\n\t"msg":"gone"}')],
    ['XML', Buffer.from('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>')],
    ['SVG, which a browser would run', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>')],
    ['a word', Buffer.from('forbidden')],
    ['text with a byte order mark', Buffer.from('\ufeff<html>')],
    ['text of another script', Buffer.from('この링크는 истёк')],
    ['coloured text of a terminal', Buffer.from('\x1b[31mError\x1b[0m')],
  ])('%s', (_what, head) => {
    expect(recognise(head, 'audio')).toBe('page');
    expect(recognise(head, 'image')).toBe('page');
  });
});

describe('what is neither what was expected nor a text is unknown', () => {
  test.each<[string, AssetKind, string]>([
    ['a picture where a song should be', 'audio', '\xff\xd8\xff\xe0\0\x10JFIF'],
    ['a song where a picture should be', 'image', 'ID3\x04\0\0\0\0\0\0'],
    ['a video where a picture should be', 'image', '\0\0\0\x20ftypisom\0'],
    ['a song where a video should be', 'video', '\0\0\0\x20ftypM4A \0'],
    ['a gzip', 'audio', '\x1f\x8b\x08\0\0\0\0\0'],
    ['a ZIP', 'audio', 'PK\x03\x04\0\0'],
    ['an encrypted file', 'audio', '\x93\0\x02\xe7'],
    ['a RIFF that is no WAV', 'audio', 'RIFF\x24\0\0\0AVI LIST'],
    ['a RIFF that was cut', 'audio', 'RIFF\x24\0\0\0'],
    ['zeroes', 'audio', '\0\0\0\0\0\0\0\0\0\0\0\0'],
    ['a frame of a forbidden bit rate', 'audio', '\xff\xfb\xf0\x64\0'],
    ['a frame of a reserved version', 'audio', '\xff\xeb\x90\x64\0'],
    ['anything as lyrics, which are never fetched', 'lyrics', 'ID3\x04\0\0\0\0\0\0'],
  ])('%s', (_what, kind, head) => {
    expect(recognise(bytes(head), kind)).toBe('unknown');
  });

  test.each(['<html>', '{"code":404}', 'Forbidden'])(
    'a page in UTF-16 is not taken for an MP3 by its mark: %s',
    (text) => {
      expect(recognise(utf16(text), 'audio')).not.toMatchObject({ contentType: 'audio/mpeg' });
    },
  );
});
