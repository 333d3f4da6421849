// What providers really send (test/fixtures/callbacks, ids and hosts changed), and what each means. `poll.*` are
// answers to polling and no callbacks. If one is posted, it is kept and reported as unrecognised.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseCallback } from '../../../../functions/domain/callback/parse.ts';

const folder = join(import.meta.dirname, '../../../fixtures/callbacks');

/** `<kind> <stage> <provider> [outcome of a failure]: <what it brings>` */
const expected: Readonly<Record<string, string>> = {
  'add-instrumental.complete.200.json': 'music complete unknown: 1 tracks, 1 audio, 1 image',
  'add-instrumental.error.400.json': 'music error unknown rejected',
  'add-instrumental.error.501.kie.json': 'music error unknown generation_failed',
  'add-vocals.complete.200.json': 'music complete unknown: 1 tracks, 1 audio, 1 image',
  'add-vocals.error.400.json': 'music error unknown rejected',
  'add-vocals.error.451.json': 'music error unknown input_unreachable',
  'add-vocals.error.501.kie.json': 'music error unknown generation_failed',
  'cover-image.complete.200.json': 'cover complete unknown: 2 image',
  'cover-image.failed.400.json': 'cover error unknown rejected',
  'cover-image.failed.408.json': 'cover error unknown timed_out',
  'cover-image.failed.500.json': 'cover error unknown provider_error',
  'cover-image.failed.501.json': 'cover error unknown generation_failed',
  'extend.complete.200.json': 'music complete unknown: 1 tracks, 1 audio, 1 image',
  'extend.error.400.json': 'music error unknown rejected',
  'extend.error.451.json': 'music error unknown input_unreachable',
  'extend.error.501.kie.json': 'music error unknown generation_failed',
  'extend.text.200.kie.json': 'music text unknown',
  'jobs-any.fail.501.kie.json': 'music error kie.ai generation_failed',
  'jobs-lyrics.success.200.kie.json': 'lyrics complete kie.ai: 1 tracks',
  'jobs-music.success.200.kie.json': 'music complete kie.ai: 2 tracks, 2 audio, 2 image',
  'lyrics.complete.200.json': 'lyrics complete unknown: 2 tracks',
  'lyrics.complete.200.kie.json': 'lyrics complete unknown: 2 tracks',
  'lyrics.error.400.json': 'lyrics error unknown rejected',
  'lyrics.error.451.json': 'lyrics error unknown input_unreachable',
  'lyrics.error.500.json': 'lyrics error unknown provider_error',
  'midi.complete.200.json': 'midi complete unknown',
  'music.complete.200.json': 'music complete unknown: 2 tracks, 2 audio, 2 image',
  'music.complete.200.kie.json': 'music complete unknown: 2 tracks, 2 audio, 2 image',
  'music.error.400.json': 'music error unknown rejected',
  'music.error.400.kie.json': 'music error unknown rejected',
  'music.error.408.kie.json': 'music error unknown timed_out',
  'music.error.413.kie.json': 'music error unknown unacceptable_input',
  'music.error.451.json': 'music error unknown input_unreachable',
  'music.error.500.json': 'music error unknown provider_error',
  'music.error.500.kie.json': 'music error unknown provider_error',
  'music.error.501.kie.json': 'music error unknown generation_failed',
  'music.failed.400.olddocs.json': 'music error unknown rejected',
  'music.failed.401.olddocs.json': 'music error unknown unauthorised',
  'music.failed.413.olddocs.json': 'music error unknown unacceptable_input',
  'music.failed.500.olddocs.json': 'music error unknown provider_error',
  'music.first.200.json': 'music first unknown: 2 tracks, 1 audio, 2 image',
  'music.first.200.kie.json': 'music first unknown: 1 tracks, 1 audio, 1 image',
  'music.text.200.json': 'music text unknown',
  'poll.cover-image.SUCCESS.json': 'unrecognised: no known kind of callback has this shape',
  'poll.jobs-music.success.kie.json': 'music complete kie.ai: 2 tracks, 2 audio, 2 image',
  'poll.music.FIRST_SUCCESS.json': 'unrecognised: no known kind of callback has this shape',
  'poll.music.GENERATE_AUDIO_FAILED.json': 'unrecognised: no known kind of callback has this shape',
  'poll.music.PENDING.json': 'unrecognised: no known kind of callback has this shape',
  'poll.music.SENSITIVE_WORD_ERROR.json': 'unrecognised: no known kind of callback has this shape',
  'poll.music.SUCCESS.json': 'unrecognised: no known kind of callback has this shape',
  'poll.music.TEXT_SUCCESS.json': 'unrecognised: no known kind of callback has this shape',
  'poll.recovery.201.json': 'unrecognised: there is no task id anywhere',
  'poll.video.PENDING.json': 'unrecognised: no known kind of callback has this shape',
  'poll.video.SUCCESS.json': 'unrecognised: no known kind of callback has this shape',
  'poll.vocal-separate.SUCCESS.json': 'unrecognised: no known kind of callback has this shape',
  'poll.wav.SUCCESS.json': 'unrecognised: no known kind of callback has this shape',
  'recovery.complete.200.json': 'recovery complete sunoapi.org: 2 tracks, 2 audio',
  'recovery.partial.200.json': 'recovery complete sunoapi.org: 2 tracks, 2 audio',
  'replace-section.error.501.json': 'music error unknown generation_failed',
  'stem-advanced.complete.200.kie.json': 'stems complete unknown: 2 stem',
  'stem-split.complete.200.json': 'stems complete unknown: 12 stem',
  'upload-cover.complete.200.json': 'music complete unknown: 1 tracks, 1 audio, 1 image',
  'upload-cover.error.400.json': 'music error unknown rejected',
  'upload-cover.error.451.json': 'music error unknown input_unreachable',
  'upload-cover.first.200.kie.json': 'music first unknown: 1 tracks, 1 audio, 1 image',
  'upload-extend.complete.200.json': 'music complete unknown: 1 tracks, 1 audio, 1 image',
  'upload-extend.error.451.json': 'music error unknown input_unreachable',
  'upload-extend.error.501.kie.json': 'music error unknown generation_failed',
  'upload-extend.text.200.kie.json': 'music text unknown',
  'video.complete.200.json': 'video complete unknown: 1 video',
  'video.complete.200.kie.json': 'video complete unknown: 1 video',
  'video.failed.400.json': 'video error unknown rejected',
  'video.failed.401.olddocs.json': 'video error unknown unauthorised',
  'video.failed.451.json': 'video error unknown input_unreachable',
  'video.failed.500.json': 'video error unknown provider_error',
  'vocal-separate.complete.200.json': 'stems complete unknown: 2 stem',
  'vocal-separate.failed.400.json': 'stems error unknown rejected',
  'vocal-separate.failed.500.json': 'stems error unknown provider_error',
  'vocal-separate.failed.500.kie.json': 'stems error kie.ai provider_error',
  'voice-generate.fail.400.json': 'voice error unknown rejected',
  'voice-generate.fail.500.kie.json': 'voice error unknown provider_error',
  'voice-generate.success.200.json': 'voice complete unknown',
  'voice-generate.success.200.kie.json': 'voice complete unknown',
  'voice-regenerate.fail.400.json': 'voice error unknown rejected',
  'voice-regenerate.wait_validating.200.json': 'voice complete unknown',
  'voice-validate.wait_validating.200.json': 'voice complete unknown',
  'wav.complete.200.json': 'wav complete unknown: 1 wav',
  'wav.failed.400.json': 'wav error unknown rejected',
  'wav.failed.451.json': 'wav error unknown input_unreachable',
  'wav.failed.500.json': 'wav error unknown provider_error',
};

test('every sample has an expected outcome', () => {
  expect(readdirSync(folder).sort()).toEqual(Object.keys(expected).sort());
});

test.each(Object.entries(expected))('%s is read as "%s"', (file, outcome) => {
  expect(describeParsed(readFileSync(join(folder, file)))).toBe(outcome);
});

test('no stream link is ever a source', () => {
  const urls = Object.keys(expected).flatMap((file) => {
    const parsed = parseCallback(readFileSync(join(folder, file)));
    return 'callback' in parsed ? parsed.callback.assets.flatMap((asset) => asset.urls.map(({ url }) => url)) : [];
  });

  expect(urls.length).toBeGreaterThan(50);
  expect(urls.filter((url) => /stream\.|pipe\./.test(new URL(url).host))).toEqual([]);
});

function describeParsed(bytes: Buffer): string {
  const parsed = parseCallback(bytes);
  if ('unrecognised' in parsed) return `unrecognised: ${parsed.unrecognised}`;
  const { kind, stage, provider, failure, tracks, assets } = parsed.callback;
  const kinds = [...new Set(assets.map((asset) => asset.kind))];
  const files = kinds.map((name) => `${assets.filter((asset) => asset.kind === name).length} ${name}`);
  const brings = [...(tracks.length > 0 ? [`${tracks.length} tracks`] : []), ...files].join(', ');
  return [kind, stage, provider, failure?.outcome].filter(Boolean).join(' ') + (brings === '' ? '' : `: ${brings}`);
}
