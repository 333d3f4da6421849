import type { Asset, TaskRecord, Track } from '../../functions/domain/record.ts';
import type { Take } from '../page-api.ts';

/** A record has up to 200 tracks and files; more than this do not fit a row. */
const maxTakes = 24;

/** The songs of a task and its other files that can be played or viewed, each with its own name. */
export function takesOf({ tracks, assets }: TaskRecord): Take[] {
  const stored = assets.filter(({ state, key }) => state === 'stored' && key !== null);
  const songs = tracks.map((track) =>
    songOf(
      track,
      stored.filter((asset) => isOwn(asset, track)),
    ),
  );
  const others = stored.filter((asset) => asset.kind !== 'lyrics' && !tracks.some((track) => isOwn(asset, track)));
  const byName = Map.groupBy(others, ({ trackId, name }) => JSON.stringify([trackId, name]));
  return [...songs, ...[...byName.values()].map((files) => otherOf(files, tracks))].slice(0, maxTakes);
}

/** Files with a name of their own (a stem, one of several covers) are separate takes. */
const isOwn = ({ trackId, name }: Asset, track: Track) => trackId === track.trackId && name === '';

function songOf({ trackId, title, durationSeconds, model }: Track, files: readonly Asset[]): Take {
  return { trackId, title: title ?? '', durationSeconds, model, ...filesOf(files) };
}

function otherOf(files: readonly Asset[], tracks: readonly Track[]): Take {
  const [{ trackId = null, name = '', kind = '' } = {}] = files;
  const title = tracks.find((track) => track.trackId === trackId)?.title ?? '';
  return { trackId, title: name || title || kind, durationSeconds: null, model: null, ...filesOf(files) };
}

function filesOf(files: readonly Asset[]): Pick<Take, 'audio' | 'video' | 'cover'> {
  const key = (...kinds: Asset['kind'][]) =>
    kinds.flatMap((kind) => files.find((file) => file.kind === kind)?.key ?? []).at(0) ?? null;
  return { audio: key('audio', 'wav', 'stem'), video: key('video'), cover: key('image') };
}
