import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseBody } from '../../../../functions/domain/callback/body.ts';
import { keptAs } from '../../../../functions/domain/callback/kept-as.ts';
import { readCallback } from '../../../../functions/domain/callback/parse.ts';
import { readTracks } from '../../../../functions/domain/callback/tracks.ts';

const folder = new URL('../../../fixtures/callbacks/', import.meta.url);
const samples = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));

describe('keptAs', () => {
  it.each(samples)('gives %s the task and stage that reading its meaning gives', (name) => {
    const body = parseBody(readFileSync(new URL(name, folder)));
    const read = readCallback(body);
    if (!('callback' in read) || read.callback.failure?.outcome === 'no_media') return;
    const { taskId, stage } = read.callback;
    expect(keptAs(body)).toEqual({ taskId, stage });
  });

  it('keeps a success without media under the stage that it claims', () => {
    const body = { code: 200, data: { task_id: 't', callbackType: 'complete', data: [] } };
    expect(keptAs(body)).toEqual({ taskId: 't', stage: 'complete' });
  });

  it('gives no key to a body without a task id', () => {
    expect(keptAs({ code: 200, data: {} })).toBeNull();
    expect(keptAs(undefined)).toBeNull();
  });
});

describe('readTracks', () => {
  it('gives each of 16,000 songs with one id its own suffix and reads a repeated song once', () => {
    const songs = Array.from({ length: 16_000 }, (_, index) => ({ id: 'a', audio_url: `https://h.example/${index}` }));
    const { tracks } = readTracks([...songs, ...songs]);
    expect(tracks).toHaveLength(16_000);
    expect(tracks.at(-1)?.trackId).toBe('a~16000');
  });
});
