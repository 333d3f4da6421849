import { Option } from 'commander';
import type { Target } from '../../client/target.ts';
import { encodeMessage } from '../../functions/domain/message.ts';
import { recordKey, taskSegment } from '../../functions/domain/object-key.ts';
import type { TaskRecord } from '../../functions/domain/record.ts';
import type { AddCommand, Tools, Work } from '../command.ts';
import { helpNote } from '../help-note.ts';
import { CommandError } from '../outcome.ts';
import { findRecord } from '../records/find-record.ts';
import { maxRecordBytes } from '../records/parse-record.ts';
import { askForRecovery } from '../recover/ask-for-recovery.ts';
import { earlierRecovery, recoveryLabel } from '../recover/earlier-recovery.ts';
import { type RecoveringProvider, recoveryApis } from '../recover/recovery-request.ts';

type Given = { spendCredits?: true; again?: true; provider?: RecoveringProvider };

const explanation = [
  'This orders the files of an old music task from the provider once more. It costs credits of your account there, ' +
    'whether the files come or not, so it is done only with --spend-credits.',
  'First see what the task lacks: trackkeeper status <taskId>.',
  'Links that are younger than 14 days are better tried for nothing: trackkeeper retry <taskId>.',
];

export const addRecover: AddCommand = (program, run) => {
  program
    .command('recover')
    .description('Orders the files of an old music task from the provider once more; this costs credits there.')
    .argument('<taskId>', 'the music task')
    .option('--spend-credits', 'yes, spend them')
    .option('--again', 'also where every song is stored, or it was ordered before')
    .addOption(
      new Option('--provider <name>', 'where the task was made, if its record does not say').choices(
        Object.keys(recoveryApis),
      ),
    )
    .addHelpText(
      'after',
      helpNote(
        ...explanation,
        'The API key is that of the secret with the provider keys; with --local, the one that the deployment was ' +
          'started with.',
      ),
    )
    .action(async (taskId: string, given: Given) => {
      if (!given.spendCredits) throw new CommandError(explanation.join('\n'), 2);
      await run(recover(taskId, given));
    });
};

function recover(givenId: string, given: Given): Work {
  return async (target, tools) => {
    const record = await findRecord(target.bucket, givenId);
    const taskId = record?.taskId ?? givenId;
    const provider = providerOf(record, given.provider);
    const reason = given.again ? undefined : await reasonNotTo(taskId, record, target, tools);
    if (reason !== undefined)
      return { exitCode: 0, json: { taskId, provider, recoveryId: null, reason }, lines: [reason] };

    const recoveryId = await order(taskId, provider, target, tools);
    await announce({ taskId, recoveryId, provider }, target, tools);
    return {
      exitCode: 0,
      json: { taskId, provider, recoveryId, reason: null },
      lines: [`${provider} recovers ${taskId} as task ${recoveryId}: trackkeeper status ${recoveryId} shows it.`],
    };
  };
}

function providerOf(record: TaskRecord | undefined, given: RecoveringProvider | undefined): RecoveringProvider {
  const known = record?.provider;
  if (known === 'sunoapi.org' || known === 'kie.ai') return known;
  if (given !== undefined) return given;
  throw new CommandError('Nobody recorded where this task was made: say so with --provider sunoapi.org or kie.ai.', 2);
}

/** Returns why the recovery would waste credits, or undefined. */
async function reasonNotTo(taskId: string, record: TaskRecord | undefined, { bucket }: Target, { progress }: Tools) {
  const audio = record?.assets.filter(({ kind }) => kind === 'audio') ?? [];
  if (record?.status === 'archived' && audio.length > 0 && audio.every(({ state }) => state === 'stored')) {
    return `Nothing to recover: every song of ${taskId} is stored.`;
  }
  const earlier = await earlierRecovery(taskId, { bucket, progress });
  if (earlier === undefined) return undefined;
  const isIt = recoveryLabel in earlier.labels ? 'It was ordered before' : 'It may have been ordered before';
  return `${isIt}: task ${earlier.taskId} is ${earlier.status}. Nothing was spent; --again orders all the same.`;
}

async function order(taskId: string, provider: RecoveringProvider, target: Target, { env }: Tools): Promise<string> {
  const key = (await target.providerKeys())[provider];
  if (key === null) {
    throw new CommandError(
      `There is no API key of ${provider}: put it into the secret with the provider keys. A local deployment is ` +
        'started with it, in SUNOAPI_KEY or KIE_API_KEY.',
    );
  }
  const callBackUrl = `${await target.callbackUrl()}?${new URLSearchParams({ [recoveryLabel]: taskId })}`;
  return await askForRecovery({ provider, taskId, callBackUrl, key, env });
}

type Ordered = { taskId: string; recoveryId: string; provider: RecoveringProvider };

/** How long to wait for its record, in seconds. */
const patienceSeconds = 10;

/** The credits are already spent here, so the id must be shown whatever happens. */
async function announce({ taskId, recoveryId, provider }: Ordered, { bucket, send }: Target, { now, wait }: Tools) {
  const tasks = [{ provider, kind: 'recovery', taskId: recoveryId } as const];
  const labels = { [recoveryLabel]: taskId };
  // Text that people paste into a shell must be safe there.
  const label = taskSegment(taskId) === taskId ? ` --label ${recoveryLabel}=${taskId}` : '';
  await send(encodeMessage({ type: 'expected', receivedAt: now().toISOString(), labels, tasks })).catch(
    (error: Error) => {
      throw new CommandError(
        `${provider} has taken the order as task ${recoveryId}, but it could not be announced (${error.message}). ` +
          `Do that: trackkeeper expect ${provider} recovery ${recoveryId}${label}`,
      );
    },
  );
  // Until its record exists, another `recover` would not know of this one.
  for (let waited = 0; waited < patienceSeconds; waited++) {
    const found = await bucket.read(recordKey(recoveryId), maxRecordBytes).catch(() => undefined);
    if (found !== undefined) return;
    await wait(1_000);
  }
}
