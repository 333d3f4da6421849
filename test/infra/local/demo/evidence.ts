import type { ShownRecord } from '../../../../infra/local/demo/bucket-folder.ts';
import { textBody } from '../../../../infra/local/demo/callback-bodies.ts';
import type { Evidence } from '../../../../infra/local/demo/promises.ts';
import { composeSong } from '../../../../infra/local/demo/song.ts';

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

/** All that a demo leaves behind when every promise held: a song and a task that failed. */
export function goodEvidence(): Evidence {
  const song = composeSong();
  const base = 'http://127.0.0.1:1';
  const body = textBody('song', song, { base, createTime: 0 });
  const media = song.tracks.flatMap(({ audio, cover }) => [audio, cover]);
  const stored = { state: 'stored', sha256: null };
  const assets = [
    ...media.map(({ path, kind, bytes }) => ({
      ...stored,
      kind,
      trackId: null,
      key: `library${path}`,
      bytes: bytes.length,
      sources: [{ url: base + path }],
    })),
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
  return {
    deliveries: [
      {
        callBackUrl: 'http://127.0.0.1:2/callbacks/token',
        taskId: 'song',
        stage: 'text',
        body,
        isRepeat: false,
        tries: [{ status: 200, ms: 5, error: null }],
      },
    ],
    callbacks: new Map([['callbacks/song/text-0123abcd.json', body]]),
    library: new Map<string, Buffer>([
      ...media.map(({ path, bytes }) => [`library${path}`, bytes] as const),
      ...song.tracks.map(({ trackId, lyrics }) => [`library/${trackId}.txt`, Buffer.from(lyrics)] as const),
    ]),
    records: [
      { ...noFailure, assets },
      { ...noFailure, taskId: 'gone', status: 'failed', failure },
    ],
    media,
    song,
    fetched: media.map(({ path }) => path),
    failedTaskId: 'gone',
    duplicate: { before: observed, after: observed },
  };
}
