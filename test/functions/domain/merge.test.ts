import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planAssets } from '../../../functions/archiver/plan.ts';
import { parseCallback } from '../../../functions/domain/callback/parse.ts';
import { mergeCallback, mergeExpected, type Observation } from '../../../functions/domain/merge.ts';
import type { TaskRecord } from '../../../functions/domain/record.ts';
import { taskRecord } from '../../../functions/domain/record.ts';

const track = (id: string, more: object = {}) => ({
  id,
  title: 'Iron Man',
  prompt: '[Verse]',
  audio_url: `https://h.example/${id}.mp3`,
  image_url: `https://h.example/${id}.jpeg`,
  duration: 100,
  ...more,
});

function callback(callbackType: string, data: unknown, code = 200): object {
  return { code, msg: `${callbackType} ${code}`, data: { callbackType, task_id: 'task-1', data } };
}

function observe(body: object, receivedAt: string, labels: Record<string, string> = {}): Observation {
  const parsed = parseCallback(Buffer.from(JSON.stringify(body)));
  if ('unrecognised' in parsed) throw new Error(parsed.unrecognised);
  return { callback: parsed.callback, receivedAt, labels };
}

function recordOf(observations: readonly Observation[], step = (record: TaskRecord) => record): TaskRecord {
  const record = observations.reduce<TaskRecord | undefined>(
    (known, one) => step(mergeCallback(known, one)),
    undefined,
  );
  if (record === undefined) throw new Error('no observations');
  return taskRecord.parse(record);
}

const at = (minute: number) => `2026-11-20T10:${String(minute).padStart(2, '0')}:00.000Z`;
const text = observe(callback('text', []), at(1), { project: 'demo' });
const first = observe(callback('first', [track('a', { duration: 60 }), track('b', { audio_url: '' })]), at(2));
const complete = observe(callback('complete', [track('a'), track('b')]), at(3), { project: 'demo' });
const failed = observe(callback('error', null, 501), at(4));

/** A track of any stage. There are few ids, links and words, so that they often collide. */
const anyObservation = fc
  .record({
    stage: fc.constantFrom('text', 'first', 'complete', 'error'),
    minute: fc.integer({ min: 0, max: 59 }),
    code: fc.constantFrom(200, 200, 200, 400, 501),
    labels: fc.constantFrom<Record<string, string>>({}, { project: 'demo' }, { project: 'other', take: '2' }),
    tracks: fc.uniqueArray(
      fc.record({
        id: fc.constantFrom('a', 'b', 'c'),
        title: fc.constantFrom('', 'One', 'Two', null),
        prompt: fc.constantFrom('la', 'la la', null),
        audio_url: fc.constantFrom('', 'https://h.example/1.mp3', 'https://h.example/2.mp3'),
        source_audio_url: fc.constantFrom(undefined, 'https://h.example/1.mp3', 'https://h.example/3.mp3'),
        duration: fc.constantFrom(undefined, 10, '20'),
      }),
      { maxLength: 3, selector: ({ id }) => id },
    ),
  })
  .map(({ stage, minute, code, labels, tracks }) => observe(callback(stage, tracks, code), at(minute), labels));

describe('merging callbacks', () => {
  test('gives the same record in any order and with any repeats', () => {
    fc.assert(
      fc.property(
        fc.array(anyObservation, { minLength: 1, maxLength: 6 }).chain((observations) =>
          fc.record({
            observations: fc.constant(observations),
            shuffled: fc.shuffledSubarray([...observations, ...observations], {
              minLength: 2 * observations.length,
              maxLength: 2 * observations.length,
            }),
          }),
        ),
        ({ observations, shuffled }) => {
          expect(recordOf(shuffled)).toEqual(recordOf(observations));
        },
      ),
      { numRuns: 500 },
    );
  });

  test('with an announcement gives the same record in any order, with the labels of both', () => {
    const task = { provider: 'kie.ai', kind: 'music', taskId: 'task-1' } as const;
    const announcement = { receivedAt: at(0), labels: { project: 'other', recoveryOf: 'old' } };

    const before = mergeCallback(mergeExpected(undefined, task, announcement), complete);
    const after = mergeExpected(mergeCallback(undefined, complete), task, announcement);

    expect(before.labels).toEqual({ project: 'other', recoveryOf: 'old' });
    expect(after).toEqual(before);
    expect(mergeExpected(after, task, announcement)).toEqual(before);
  });

  test('with a plan after each step gives the same record in the natural order and backwards', () => {
    const forwards = recordOf([text, first, complete], planAssets);
    const backwards = recordOf([complete, first, text], planAssets);

    expect({ ...backwards, folder: '' }).toEqual({ ...forwards, folder: '' });
    expect(backwards.folder).toBe(forwards.folder);
  });

  test('takes the kind and the provider from the callback that names them', () => {
    const job = {
      code: 200,
      data: { taskId: 'task-1', model: 'ai-music-api/generate', state: 'success', resultJson: '{}' },
    };
    const vague = observe({ code: 501, msg: '', data: { task_id: 'task-1' } }, at(1));

    for (const observations of [
      [vague, observe(job, at(2))],
      [observe(job, at(2)), vague],
    ]) {
      expect(recordOf(observations)).toMatchObject({ kind: 'music', provider: 'kie.ai' });
    }
  });

  test('never undoes a later stage', () => {
    const record = recordOf([complete, failed, first, text]);

    expect(record.failure).toBeNull();
    expect(record.tracks).toMatchObject([
      { trackId: 'a', stage: 'complete', durationSeconds: 100 },
      { trackId: 'b', stage: 'complete' },
    ]);
  });

  test('closes a failed task with advice for its owner', () => {
    const record = recordOf([text, failed]);

    expect(record).toMatchObject({ status: 'failed', failure: { code: 501, outcome: 'generation_failed' } });
    expect(record.failure?.advice).toMatch(/try again/);
  });

  test('tries the latest stage first and the original after the provider’s own link', () => {
    const early = observe(callback('first', [track('a', { audio_url: 'https://h.example/early.mp3' })]), at(1));
    const late = observe(
      callback('complete', [
        track('a', { source_audio_url: 'https://cdn.example/a.mp3', audio_url: 'https://h.example/late.mp3' }),
      ]),
      at(2),
    );

    const [audio] = recordOf([late, early]).assets;

    expect(audio?.sources.map(({ url }) => url)).toEqual([
      'https://h.example/late.mp3',
      'https://cdn.example/a.mp3',
      'https://h.example/early.mp3',
    ]);
  });

  test('reopens a song that was stored from `first` when `complete` gives another length', () => {
    const provisional = markStored(recordOf([first]), 60);

    const after = recordOf([complete], () => mergeCallback(provisional, complete));

    expect(after.assets.find(({ kind, trackId }) => kind === 'audio' && trackId === 'a')).toMatchObject({
      state: 'open',
      key: 'library/a.mp3',
    });
  });

  test('keeps a song that was stored from `first` when `complete` agrees', () => {
    const provisional = markStored(recordOf([first]), 100.4);

    expect(mergeCallback(provisional, complete).assets[0]).toMatchObject({ state: 'stored' });
  });

  test('reopens a closed asset when a new link arrives, and only then', () => {
    const lost = {
      ...recordOf([first]),
      assets: recordOf([first]).assets.map((asset) => ({ ...asset, state: 'failed' as const })),
    };

    const repeated = mergeCallback(lost, first).assets.map(({ state }) => state);
    const renewed = mergeCallback(
      lost,
      observe(callback('complete', [track('a', { audio_url: 'https://h.example/new.mp3' })]), at(5)),
    );

    expect(new Set(repeated)).toEqual(new Set(['failed']));
    expect(renewed.assets[0]).toMatchObject({ kind: 'audio', state: 'open' });
  });
});

describe('the status', () => {
  test('is waiting before anything can be fetched', () => {
    expect(recordOf([text]).status).toBe('waiting');
  });

  test('is archiving while a file is open', () => {
    expect(recordOf([first]).status).toBe('archiving');
  });

  test('is waiting again when all of `first` is stored', () => {
    expect(mergeCallback(markStored(recordOf([first]), 60), text).status).toBe('waiting');
  });

  test('C8: is waiting while `complete` is still to arrive, even if the only song of `first` failed', () => {
    const early = recordOf([first]);
    const assets = early.assets.map((asset) => ({ ...asset, state: 'failed' as const }));

    expect(mergeCallback({ ...early, assets }, text)).toMatchObject({ status: 'waiting', failure: null });
    expect(mergeCallback({ ...early, assets }, failed)).toMatchObject({ status: 'failed', failure: { code: 501 } });
  });

  test('is not failed as long as the task has a next step', () => {
    const dueAt = at(20);

    expect(mergeCallback({ ...recordOf([text]), dueAt }, failed)).toMatchObject({
      status: 'waiting',
      failure: { code: 501 },
    });
  });

  test('is archived once all of `complete` is stored', () => {
    expect(mergeCallback(markStored(recordOf([complete]), 100), text).status).toBe('archived');
  });

  test('is failed, with the reasons, when a file could not be stored', () => {
    const record = recordOf([complete]);
    const attempts = [
      { at: at(9), source: 'https://h.example/a.mp3', code: 'not_found', detail: 'the host answered 404' },
    ];
    const assets = record.assets.map((asset, index) =>
      index === 0 ? { ...asset, state: 'failed' as const, attempts } : { ...asset, state: 'stored' as const },
    );

    const settled = mergeCallback({ ...record, assets }, text);

    expect(settled.status).toBe('failed');
    expect(settled.failure).toMatchObject({ code: null, outcome: 'files_missing' });
    expect(settled.failure?.msg).toContain('the host answered 404');
  });
});

function markStored(record: TaskRecord, durationSeconds: number): TaskRecord {
  const assets = record.assets.map((asset) => ({
    ...asset,
    state: 'stored' as const,
    key: `library/${asset.trackId}.mp3`,
    durationSeconds,
  }));
  return { ...record, assets };
}

describe('a task keeps a bounded record', () => {
  const many = (body: number, files: number) =>
    observe(
      callback(
        'complete',
        Array.from({ length: files }, (_, index) => track(`track-${body}-${index}`)),
      ),
      at(1),
    );

  test('of at most 1,000 files, and says what it left out, however many callbacks name new ones', () => {
    const record = recordOf(
      Array.from({ length: 20 }, (_, body) => many(body, 200)),
      planAssets,
    );

    expect(record.assets.length).toBeLessThanOrEqual(1_000);
    expect(Buffer.byteLength(JSON.stringify(record))).toBeLessThanOrEqual(4 * 1024 ** 2);
    expect(record.omitted).toContain('1000 files');
  });

  test('of at most 4 MiB, also if a callback of 4 MiB of lyrics becomes larger in it', () => {
    const words = 'la'.repeat(40_000);
    const songs = Array.from({ length: 49 }, (_, index) => track(`t${index}`, { prompt: words }));
    const huge = observe(callback('complete', songs), at(1));

    const record = recordOf([huge, huge], planAssets);

    expect(Buffer.byteLength(JSON.stringify(record))).toBeLessThanOrEqual(4 * 1024 ** 2);
    expect(record.assets.length).toBeGreaterThan(20);
  });

  test('and a known file is never dropped for a new one', () => {
    const before = recordOf([many(0, 500)], planAssets);

    const after = planAssets(mergeCallback(before, many(1, 500)));

    const ids = new Set(after.assets.map(({ trackId, kind }) => `${trackId} ${kind}`));
    expect(before.assets.every(({ trackId, kind }) => ids.has(`${trackId} ${kind}`))).toBe(true);
  });

  test('and 16,000 different links for one id are merged once each, up to the cap', () => {
    const songs = Array.from({ length: 16_000 }, (_, index) => ({
      id: 'a',
      audio_url: `https://h.example/${index}.mp3`,
    }));

    const record = recordOf([observe(callback('complete', songs), at(1))], planAssets);

    expect(record.assets).toHaveLength(1_000);
  });
});

describe('what a provider lists without a link', () => {
  const stems = (info: object) => observe({ code: 200, data: { task_id: 'task-1', vocal_removal_info: info } }, at(1));
  const url = (name: string) => `https://h.example/${name}.mp3`;

  test('is an absent stem beside stems that have one, and no file to wait for', () => {
    const record = recordOf([stems({ origin_url: '', vocal_url: url('vocal'), drums_url: '', bass_url: null })]);

    expect(record.absent).toEqual(['Bass', 'Drums']);
    expect(record.assets.map(({ name }) => name)).toEqual(['Vocal']);
  });

  test('is absent no more once a callback has its link', () => {
    const record = recordOf([
      stems({ vocal_url: url('vocal'), drums_url: '' }),
      stems({ vocal_url: url('vocal'), drums_url: url('drums') }),
    ]);

    expect(record.absent).toEqual([]);
    expect(record.assets.map(({ name }) => name)).toEqual(['Drums', 'Vocal']);
  });

  test('two stems of one group are two files, and the same link twice is one', () => {
    const entry = (name: string) => ({ audio_url: url(name), stem_type_group_name: 'Backing Vocals' });
    const record = recordOf([stems({ origin_data: [entry('one'), entry('two'), entry('one')] })]);

    expect(record.assets.map(({ name }) => name).sort()).toEqual(['Backing Vocals', 'Backing Vocals 2']);
  });

  test('the reason that the provider gives for one track is that of its audio, until a link arrives', () => {
    const item = { id: 'a', title: 'T', audio_url: '', status: 'failed', error: 'clip_error' };
    const recovery = (data: object[]) => observe({ code: 200, task_id: 'task-1', data }, at(1));

    const refused = recordOf([recovery([item])]);
    const linked = recordOf([
      recovery([item]),
      recovery([{ ...item, audio_url: url('a'), status: 'success', error: '' }]),
    ]);

    expect(refused.assets).toMatchObject([{ kind: 'audio', sources: [], reason: 'the provider says: clip_error' }]);
    expect(linked.assets).toMatchObject([{ kind: 'audio', sources: [{ url: url('a') }], reason: null }]);
  });
});

test('a signed link that is renewed again and again stays one source, with the newest link', () => {
  const signed = (hour: number) =>
    `https://h.example/a.mp3?X-Amz-Date=202611${String(1 + Math.floor(hour / 24)).padStart(2, '0')}T${String(hour % 24).padStart(2, '0')}0000Z&X-Amz-Expires=1200`;
  const told = Array.from({ length: 60 }, (_, index) =>
    observe(callback('complete', [track('a', { audio_url: signed(index * 6) })]), at(1)),
  );

  const record = recordOf(told);
  const reversed = recordOf(told.toReversed());

  const sources = record.assets.find(({ kind }) => kind === 'audio')?.sources;
  expect(sources?.map(({ url }) => url)).toEqual([signed(59 * 6)]);
  expect(reversed.assets).toEqual(record.assets);
});
