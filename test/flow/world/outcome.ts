// What must be true of every life once nothing is left to happen.
import type { TaskRecord } from '../../../functions/domain/record.ts';
import type { live } from './life.ts';
import type { World } from './world.ts';

type Life = Awaited<ReturnType<typeof live>>;

/** Everything that violates a promise; empty if all is well. */
export function wrongsOf({ world, expected, files }: Life): string[] {
  const { bucket, callbacks, wakes } = world;
  const records = world.records();
  const dead = [...callbacks.deadLetters, ...wakes.deadLetters];
  return [
    ...records.flatMap(taskWrongs),
    ...[...expected].flatMap(([id, fate]) => fateWrongs(id, fate, records)),
    ...fileWrongs(world, files, records),
    ...eventWrongs(world, records),
    ...world.markers().map((key) => `${key} is left`),
    ...bucket.openUploads().map((key) => `an upload to ${key} is left`),
    ...[...callbacks.bodies(), ...wakes.bodies()].map((body) => `a message is left: ${body.slice(0, 80)}`),
    ...dead.map(({ body }) => `a message died: ${body.slice(0, 80)}`),
  ];
}

/** P3: stored, or closed with a reason. */
function taskWrongs({ taskId, status, dueAt, failure, assets, claim }: TaskRecord): string[] {
  const isClosed = status === 'archived' || (status === 'failed' && (failure?.msg ?? '') !== '');
  return [
    ...(isClosed ? [] : [`${taskId} is ${status}`]),
    ...(dueAt === null ? [] : [`${taskId} is due at ${dueAt}`]),
    ...(claim === null ? [] : [`${taskId} is claimed`]),
    ...assets.flatMap(({ kind, trackId, state, attempts }) => {
      const hasReason = state === 'stored' || attempts.length > 0;
      return hasReason && state !== 'open' ? [] : [`${taskId}: ${kind} ${trackId} is ${state} without a reason`];
    }),
  ];
}

/** A file that could be downloaded is stored; any other is closed. */
function fateWrongs(id: string, fate: string, records: readonly TaskRecord[]): string[] {
  if (fate === 'refused') {
    const record = records.find(({ taskId }) => taskId === id);
    return record?.failure?.code ? [] : [`${id} was refused by the provider, and its record says ${record?.status}`];
  }
  const asset = records.flatMap(({ assets }) => assets).find(({ kind, trackId }) => kind === 'audio' && trackId === id);
  const owner = records.find(({ taskId }) => id.startsWith(`${taskId}-`));
  // A refused task has no tracks.
  if (owner?.failure?.code) return [];
  return asset?.state === fate ? [] : [`${id} should be ${fate} and is ${asset?.state}`];
}

/** P4, P5: one object for each stored asset, with just its bytes, and no others. */
function fileWrongs(world: Life['world'], files: Life['files'], records: readonly TaskRecord[]): string[] {
  const stored = records.flatMap(({ assets }) => assets.filter(({ state }) => state === 'stored'));
  const keys = stored.map(({ key }) => key ?? '');
  const different = stored.filter(({ kind, trackId, key }) => {
    const bytes = world.bucket.objects.get(key ?? '')?.bytes;
    return kind === 'audio' ? !bytes?.equals(files.get(trackId ?? '') ?? Buffer.alloc(0)) : bytes === undefined;
  });
  return [
    ...different.map(({ key }) => `${key} is not what its host served`),
    ...(new Set(keys).size === keys.length ? [] : ['two assets share an object']),
    ...world.library().flatMap((key) => (keys.includes(key) ? [] : [`nobody claims ${key}`])),
  ];
}

/** Each final state was published correctly, at least once, and no id has two meanings. */
export function eventWrongs({ bus }: Pick<World, 'bus'>, records: readonly TaskRecord[]): string[] {
  const told = new Map<string, string>();
  const doubled = bus.events.flatMap(({ type, detail }) => {
    // Fields that may differ in a repeated event: the provider, the labels, and what is open by then.
    const isEnd = type === 'TaskArchived' || type === 'TaskFailed';
    const files = isEnd ? detail.assets : [];
    const news = JSON.stringify([type, detail.taskId, detail.failure?.outcome, files]);
    const before = told.get(detail.id) ?? news;
    told.set(detail.id, before);
    return before === news ? [] : [`${detail.id} is the id of two events: ${before} and ${news}`];
  });
  const untold = records.filter(({ taskId, status, assets }) => {
    const type = status === 'archived' ? 'TaskArchived' : 'TaskFailed';
    const isEnd = (event: (typeof bus.events)[number]) => event.type === 'TaskArchived' || event.type === 'TaskFailed';
    const last = bus.events.findLast((event) => event.detail.taskId === taskId && isEnd(event));
    const files = (list: readonly { key: string | null; crc32: string | null; state: string }[]) =>
      JSON.stringify(list.map(({ key, crc32, state }) => [key, crc32, state]));
    return last?.type !== type || files(last.detail.assets) !== files(assets);
  });
  return [...doubled, ...untold.map(({ taskId, status }) => `nobody was told that ${taskId} is ${status}`)];
}
