// The demo's promises and their checks, based on what the provider sent and served and on the bucket afterwards. Each
// check returns what broke the promise; an empty list means that it was kept.

import type { ShownRecord } from './bucket-folder.ts';
import { answerWithinMs, type Delivery } from './post-callback.ts';
import { isStream } from './provider.ts';
import type { DemoMedia, DemoSong } from './song.ts';

type Observed = { record: Buffer; fetched: number };

export type DemoEvidence = {
  deliveries: readonly Delivery[];
  /** Everything under `callbacks/` and `library/`: key to bytes. */
  callbacks: ReadonlyMap<string, Buffer>;
  library: ReadonlyMap<string, Buffer>;
  records: readonly ShownRecord[];
  media: readonly DemoMedia[];
  song: DemoSong;
  fetched: readonly string[];
  failedTaskId: string;
  /** Its callback never arrived. */
  lostTaskId: string;
  /** The song's record and the number of fetches, before and after the repeated callback. */
  duplicate: { before: Observed; after: Observed };
};

type Rule = { promise: string; brokenBy: (evidence: DemoEvidence) => readonly string[] };
export type PromiseVerdict = { promise: string; broken: readonly string[] };

const storedAssets = ({ records }: DemoEvidence) =>
  records.flatMap(({ assets }) => assets).filter(({ state }) => state === 'stored');

const arrived = ({ deliveries, lostTaskId }: DemoEvidence) => deliveries.filter(({ taskId }) => taskId !== lostTaskId);

/** `/source/…` serves the same file under the URL of the original. */
const pathOf = (url: string) => URL.parse(url)?.pathname.replace(/^\/source/, '');

const rules: readonly Rule[] = [
  {
    promise: 'every callback that arrived got 200 at the first try, within the provider’s 15 seconds',
    brokenBy: (evidence) =>
      arrived(evidence)
        .filter(
          ({ tries }) => tries.length !== 1 || tries.some(({ status, ms }) => status !== 200 || ms >= answerWithinMs),
        )
        .map(({ stage, taskId, tries }) => `${stage} of ${taskId}: ${JSON.stringify(tries)}`),
  },
  {
    promise: 'each of them is stored byte for byte under callbacks/',
    brokenBy: (evidence) =>
      arrived(evidence)
        .filter(({ taskId, stage, body }) => {
          const prefix = `callbacks/${taskId}/${stage}-`;
          return !Array.from(evidence.callbacks).some(([key, bytes]) => key.startsWith(prefix) && bytes.equals(body));
        })
        .map(({ stage, taskId }) => `${stage} of ${taskId} is not there as it was sent`),
  },
  {
    promise: 'every song, cover, video and WAV in the library is identical to what the provider served',
    brokenBy: (evidence) =>
      evidence.media
        .filter((media) => {
          const asset = storedAssets(evidence).find(({ sources }) =>
            sources.some(({ url }) => pathOf(url) === media.path),
          );
          return !evidence.library.get(asset?.key ?? '')?.equals(media.bytes);
        })
        .map(({ kind, title, path }) => `${kind} of “${title}” (${path})`),
  },
  {
    promise: 'the lyrics of both tracks are beside them as text',
    brokenBy: (evidence) =>
      evidence.song.tracks
        .filter(({ trackId, lyrics }) => {
          const asset = storedAssets(evidence).find((one) => one.kind === 'lyrics' && one.trackId === trackId);
          return evidence.library.get(asset?.key ?? '')?.toString('utf8') !== lyrics;
        })
        .map(({ title }) => `the words of “${title}”`),
  },
  {
    promise: 'each of them is there once, and nothing else is',
    brokenBy: (evidence) => {
      const claimed = new Set(storedAssets(evidence).map(({ key }) => key));
      const wanted = evidence.media.length + evidence.song.tracks.length;
      const unclaimed = Array.from(evidence.library.keys()).filter((key) => !claimed.has(key));
      const count = evidence.library.size === wanted ? [] : [`${evidence.library.size} files, ${wanted} expected`];
      return [...count, ...unclaimed.map((key) => `${key} is in no record`)];
    },
  },
  {
    promise: 'no stream URL was ever fetched',
    brokenBy: ({ fetched }) => fetched.filter(isStream),
  },
  {
    promise: 'the repeated callback changed nothing: the same record, not one more download',
    brokenBy: ({ duplicate: { before, after } }) => [
      ...(after.record.equals(before.record) ? [] : ['the record differs']),
      ...(after.fetched === before.fetched ? [] : ['files were fetched again']),
    ],
  },
  {
    promise: 'the WAV whose callback was lost is there, too: its task was announced, so the provider was polled',
    brokenBy: ({ records, lostTaskId }) => {
      const record = records.find(({ taskId }) => taskId === lostTaskId);
      const isStored = record?.assets.some(({ kind, state }) => kind === 'wav' && state === 'stored');
      return isStored ? [] : [`the record says ${record?.status ?? 'nothing'}`];
    },
  },
  {
    promise: 'the failed task is closed, with the reason in words',
    brokenBy: ({ records, failedTaskId }) => {
      const record = records.find(({ taskId }) => taskId === failedTaskId);
      const isClosed = record?.status === 'failed' && record.failure?.code === 451 && record.failure.advice !== '';
      return isClosed ? [] : [`the record says ${record?.status ?? 'nothing'}, ${JSON.stringify(record?.failure)}`];
    },
  },
];

export function judgePromises(evidence: DemoEvidence): readonly PromiseVerdict[] {
  return rules.map(({ promise, brokenBy }) => ({ promise, broken: brokenBy(evidence) }));
}
