import { describe, expect, it } from 'vitest';
import { type DemoEvidence, judgePromises } from '../../../local/demo/promises.ts';
import { goodEvidence } from './evidence.ts';

const brokenPromises = (evidence: DemoEvidence) =>
  judgePromises(evidence)
    .filter(({ broken }) => broken.length > 0)
    .map(({ promise }) => promise);

function answered(evidence: DemoEvidence, tries: DemoEvidence['deliveries'][number]['tries']): DemoEvidence {
  return { ...evidence, deliveries: evidence.deliveries.map((delivery) => ({ ...delivery, tries })) };
}

/** The library with one of its files changed; `undefined` takes it away. */
function altered({ library, ...evidence }: DemoEvidence, key: string, bytes: Buffer | undefined): DemoEvidence {
  const changed = new Map(library);
  if (bytes === undefined) changed.delete(key);
  else changed.set(key, bytes);
  return { ...evidence, library: changed };
}

const keyEndingIn = ({ library }: DemoEvidence, ending: string) =>
  Array.from(library.keys()).find((key) => key.endsWith(ending)) ?? '';

describe('judge', () => {
  it('finds nothing to complain of when every promise held', () => {
    expect(brokenPromises(goodEvidence())).toEqual([]);
  });

  it.each<[string, (good: DemoEvidence) => DemoEvidence, RegExp]>([
    ['an answer other than 200', (good) => answered(good, [{ status: 503, ms: 5, error: null }]), /got 200/],
    [
      'a callback that needed a second try',
      (good) => answered(good, [...[503, 200].map((status) => ({ status, ms: 5, error: null }))]),
      /got 200/,
    ],
    ['an answer after 15 s', (good) => answered(good, [{ status: 200, ms: 15_000, error: null }]), /got 200/],
    ['a callback that is not kept', (good) => ({ ...good, callbacks: new Map() }), /byte for byte/],
    [
      'a callback that is kept with other bytes',
      (good) => ({ ...good, callbacks: new Map([['callbacks/song/text-0123abcd.json', Buffer.from('{}')]]) }),
      /byte for byte/,
    ],
    [
      'a song that is a byte short',
      (good) => altered(good, keyEndingIn(good, '.mp3'), good.library.get(keyEndingIn(good, '.mp3'))?.subarray(1)),
      /identical/,
    ],
    [
      'words that are not those of the song',
      (good) => altered(good, keyEndingIn(good, '.txt'), Buffer.from('la la la')),
      /lyrics of both tracks/,
    ],
    ['a file that no record claims', (good) => altered(good, 'library/x.mp3', Buffer.from('x')), /nothing else is/],
    [
      'a lost callback whose task was not watched',
      (good) => ({
        ...good,
        records: good.records.map((one) => ({ ...one, taskId: one.taskId.replace('lost', 'x') })),
      }),
      /callback was lost/,
    ],
    ['a stream that was asked for', (good) => ({ ...good, fetched: [...good.fetched, '/stream/1'] }), /stream URL/],
    [
      'a record that a repeat changed',
      (good) => {
        const { before } = good.duplicate;
        return { ...good, duplicate: { before, after: { ...before, record: Buffer.from('{ }') } } };
      },
      /repeated callback/,
    ],
    [
      'a download that a repeat caused',
      (good) => {
        const { before } = good.duplicate;
        return { ...good, duplicate: { before, after: { ...before, fetched: before.fetched + 1 } } };
      },
      /repeated callback/,
    ],
    ['a failure without a record', (good) => ({ ...good, failedTaskId: 'unknown' }), /failed task is closed/],
  ])('names the promise that is broken by %s, and no other', (_case, spoil, promise) => {
    expect(brokenPromises(spoil(goodEvidence()))).toEqual([expect.stringMatching(promise)]);
  });

  it('finds a missing song both not identical and too few', () => {
    const good = goodEvidence();

    expect(brokenPromises(altered(good, keyEndingIn(good, '.mp3'), undefined))).toEqual([
      expect.stringMatching(/identical/),
      expect.stringMatching(/nothing else is/),
    ]);
  });
});
