import type { ShownRecord } from '../../../local/demo/bucket-folder.ts';
import { textBody } from '../../../local/demo/callback-bodies.ts';
import type { DemoEvidence } from '../../../local/demo/promises.ts';
import { composeSong, type DemoMedia, masterSong } from '../../../local/demo/song.ts';

const noFailure: ShownRecord = {
  taskId: 'song',
  kind: 'music',
  status: 'archived',
  folder: 'library/2026-11/song',
  labels: { project: 'demo' },
  failure: null,
  stages: [{ stage: 'text', code: 200 }],
  tracks: [],
  assets: [],
};

/**
 * All that a demo leaves behind when every promise held: a song, a task that failed, and a WAV without its callback.
 */
export function goodEvidence(): DemoEvidence {
  const song = composeSong();
  const base = 'http://127.0.0.1:1';
  const body = textBody('song', song, { base, createTime: 0 });
  const ofSong = song.tracks.flatMap(({ audio, cover }) => [audio, cover]);
  const lost = masterSong();
  const media = [...ofSong, lost];
  const stored = { state: 'stored', sha256: null };
  const assetOf = ({ path, kind, bytes }: DemoMedia) => ({
    ...stored,
    kind,
    trackId: null,
    key: `library${path}`,
    bytes: bytes.length,
    sources: [{ url: base + path }],
  });
  const assets = [
    ...ofSong.map(assetOf),
    ...song.tracks.map(({ trackId, lyrics }) => ({
      ...stored,
      kind: 'lyrics',
      trackId,
      key: `library/${trackId}.txt`,
      bytes: lyrics.length,
      sources: [],
    })),
  ];
  const failure = { code: 451, msg: 'Unable to download related files', advice: 'Make its URL publicly readable.' };
  const observed = { record: Buffer.from('{}'), fetched: 4 };
  const delivery = {
    callBackUrl: 'http://127.0.0.1:2/callbacks/token',
    taskId: 'song',
    stage: 'text',
    body,
    isRepeat: false,
  } as const;
  return {
    deliveries: [
      { ...delivery, tries: [{ status: 200, ms: 5, error: null }] },
      { ...delivery, taskId: 'lost', tries: [1, 2, 3].map((ms) => ({ status: null, ms, error: 'fetch failed' })) },
    ],
    callbacks: new Map([['callbacks/song/text-0123abcd.json', body]]),
    library: new Map<string, Buffer>([
      ...media.map(({ path, bytes }) => [`library${path}`, bytes] as const),
      ...song.tracks.map(({ trackId, lyrics }) => [`library/${trackId}.txt`, Buffer.from(lyrics)] as const),
    ]),
    records: [
      { ...noFailure, assets },
      { ...noFailure, taskId: 'gone', status: 'failed', failure },
      { ...noFailure, taskId: 'lost', kind: 'wav', assets: [assetOf(lost)] },
    ],
    media,
    song,
    fetched: media.map(({ path }) => path),
    failedTaskId: 'gone',
    lostTaskId: 'lost',
    duplicate: { before: observed, after: observed },
  };
}
