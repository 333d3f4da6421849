// What providers answer when they are polled (test/fixtures/answers, ids and hosts changed), and what each means.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Shape } from '../../../../functions/domain/answer/endpoints.ts';
import type { ParsedCallback } from '../../../../functions/domain/callback/family.ts';
import { parseCallback } from '../../../../functions/domain/callback/parse.ts';
import { assetId } from '../../../../functions/domain/reopen.ts';
import { describeTold, folder, read, sample } from './answers.ts';

const expected: Readonly<Record<string, [Shape, string]>> = {
  'poll.cover-image.SUCCESS.json': ['cover', 'cover complete: 1 image'],
  'poll.jobs-cover.success.kie.json': ['job', 'cover complete: 2 image'],
  'poll.jobs-lyrics.success.kie.json': ['job', 'lyrics complete: 1 tracks'],
  'poll.jobs-music.fail.kie.json': ['job', 'music error unacceptable_input'],
  'poll.jobs-music.generating.kie.json': ['job', 'music text'],
  'poll.jobs-music.success.kie.json': ['job', 'music complete: 2 tracks, 2 audio, 2 image'],
  'poll.jobs-stems.success.kie.json': ['job', 'stems complete: 2 stem'],
  'poll.jobs-video.success.kie.json': ['job', 'video complete: 1 video'],
  'poll.jobs-wav.success.kie.json': ['job', 'wav complete: 1 wav'],
  'poll.lyrics.SUCCESS.json': ['lyrics', 'lyrics complete: 2 tracks'],
  'poll.midi.1.json': ['midi', 'midi complete'],
  'poll.music.FIRST_SUCCESS.json': ['music', 'music first: 2 tracks, 1 audio, 2 image'],
  'poll.music.GENERATE_AUDIO_FAILED.json': ['music', 'music error unacceptable_input'],
  'poll.music.PENDING.json': ['music', 'music text'],
  'poll.music.SENSITIVE_WORD_ERROR.json': ['music', 'music error rejected'],
  'poll.music.SUCCESS.json': ['music', 'music complete: 2 tracks, 2 audio, 2 image'],
  'poll.music.TEXT_SUCCESS.json': ['music', 'music text: 2 tracks, 2 image'],
  'poll.recovery.200.json': ['recovery', 'recovery complete: 2 tracks, 2 audio'],
  'poll.recovery.201.json': ['recovery', 'recovery text'],
  'poll.recovery.500.json': ['recovery', 'recovery error provider_error'],
  'poll.stem-advanced.SUCCESS.kie.json': ['stems', 'stems complete: 2 stem'],
  'poll.unknown.200.json': ['music', 'unknown'],
  'poll.unknown.422.kie.json': ['job', 'unknown'],
  'poll.video.PENDING.json': ['video', 'video text'],
  'poll.video.SUCCESS.json': ['video', 'video complete: 1 video'],
  'poll.vocal-separate.SUCCESS.json': ['stems', 'stems complete: 2 stem'],
  'poll.voice.processing_validate_fail.json': ['voice', 'voice error provider_error'],
  'poll.voice.success.json': ['voice', 'voice complete'],
  'poll.voice.wait_validating.json': ['voice', 'voice complete'],
  'poll.wav.SUCCESS.json': ['wav', 'wav complete: 1 wav'],
};

test('every sample has an expected outcome', () => {
  expect(readdirSync(folder).sort()).toEqual(Object.keys(expected).sort());
});

test.each(Object.entries(expected))('%s is read as %j', (file, [shape, outcome]) => {
  expect(describeTold(read(shape, sample(file)))).toBe(outcome);
});

/** Answers, and the callbacks of the same tasks. */
const same: [Shape, string, string][] = [
  ['music', 'poll.music.SUCCESS.json', 'music.complete.200.json'],
  ['video', 'poll.video.SUCCESS.json', 'video.complete.200.json'],
  ['wav', 'poll.wav.SUCCESS.json', 'wav.complete.200.json'],
  ['stems', 'poll.vocal-separate.SUCCESS.json', 'vocal-separate.complete.200.json'],
  ['stems', 'poll.stem-advanced.SUCCESS.kie.json', 'stem-advanced.complete.200.kie.json'],
  ['lyrics', 'poll.lyrics.SUCCESS.json', 'lyrics.complete.200.json'],
  ['recovery', 'poll.recovery.200.json', 'recovery.partial.200.json'],
  ['job', 'poll.jobs-music.success.kie.json', 'jobs-music.success.200.kie.json'],
];

test.each(same)('P5: as %s, %s reports the same assets as the callback %s', (shape, answer, callback) => {
  const told = read(shape, sample(answer));
  const parsed = parseCallback(readFileSync(join(folder, '../callbacks', callback)));

  expect('callback' in told && told.callback.assets.length + told.callback.tracks.length).toBeGreaterThan(0);
  expect(assetsOf(told)).toEqual(assetsOf(parsed));
});

function assetsOf(read: object | { callback: ParsedCallback }): string[] {
  const assets = 'callback' in read ? read.callback.assets : [];
  return assets.map((asset) => `${assetId(asset)} from ${asset.urls.map(({ field }) => field)}`).sort();
}
