import { encodeMessage } from '../functions/domain/message.ts';
import { keySafeTaskId } from '../functions/domain/object-key.ts';
import type { Asset, TaskRecord } from '../functions/domain/record.ts';
import type { Target } from './target.ts';
import type { FoundFault } from './verify-file.ts';

/** Stored files that a check at this instant found missing or damaged. */
export type LostFiles = { at: string; faults: readonly FoundFault[] };

/**
 * Asks the archiver to retry a task's missing files now; sends nothing for a complete task.
 * @returns what the archiver will do, as text
 */
export async function retryTask(record: TaskRecord, send: Target['send'], lost?: LostFiles): Promise<string[]> {
  const faults = lost?.faults ?? [];
  const steps = stepsFor(record, faults);
  if (steps.length === 0) return steps;
  const keys = faults.map(({ key }) => key);
  const damaged = lost !== undefined && keys.length > 0 ? { damaged: { at: lost.at, keys } } : {};
  await send(encodeMessage({ type: 'retry', task: keySafeTaskId(record.taskId), ...damaged }));
  return steps;
}

function stepsFor({ status, assets }: TaskRecord, lost: readonly FoundFault[]): string[] {
  const files = assets.flatMap((asset) => {
    const suspect = asset.suspect === null ? undefined : 'suspect';
    const fault = lost.find(({ key }) => key === asset.key)?.fault ?? suspect;
    const state = asset.state === 'stored' ? fault : asset.state;
    return state === undefined ? [] : [`fetch ${nameOf(asset)} (${state})`];
  });
  const isComplete = status === 'archived' || (status === 'failed' && files.length > 0);
  return isComplete ? files : [...files, 'ask the provider what became of the task, if there is an API key'];
}

const nameOf = ({ kind, name, trackId }: Asset) => [kind, name || trackId].filter(Boolean).join(' ');
