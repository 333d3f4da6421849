import { markerOf, scheduleFolder } from '../../functions/domain/schedule-key.ts';
import type { Check, StackCheck } from './check.ts';
import { failed, notChecked, proved } from './finding.ts';

/** The sweeper looks every minute, and may come a little late. */
const overdueMs = 3 * 60_000;
/** More are not counted: it is bad enough. */
const countedAtMost = 1_000;

const advice =
  'The sweeper does not run, or fails: see its log, and its rule in EventBridge. A local deployment sweeps once a minute while it runs.';

export const proveSchedule: Check['prove'] = async ({ patient, now }) => {
  let overdue = 0;
  // Markers sort by their time: those that are overdue come first.
  for await (const key of patient.bucket.list(scheduleFolder)) {
    const marker = markerOf(key);
    if (marker === undefined) continue;
    if (Date.parse(marker.dueAt) > now().getTime() - overdueMs || overdue === countedAtMost) break;
    overdue += 1;
  }
  if (overdue === 0) return proved('No task waits longer than it should.');
  const count = overdue === countedAtMost ? `${countedAtMost} or more` : overdue;
  return failed(`Nobody woke what has been due for more than 3 min: tasks, ${count}.`, advice);
};

const lookedBackMinutes = 15;
/** CloudWatch has its figures some minutes later. */
const newMs = 5 * 60_000;

export const proveSweeper: StackCheck['prove'] = async (stack, { now }) => {
  const { times, deployedAt } = await stack.sweeps(lookedBackMinutes);
  if (times > 0) return proved(`It was started ${times} times in the last ${lookedBackMinutes} min.`);
  if (now().getTime() - deployedAt.getTime() < newMs) {
    return notChecked('It was deployed only now, and CloudWatch has its figures later: ask again in 5 min.');
  }
  return failed(
    `It was not started in the last ${lookedBackMinutes} min.`,
    'Look at its rule in EventBridge: is it enabled?',
  );
};
