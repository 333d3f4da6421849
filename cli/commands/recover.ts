import { Option } from 'commander';
import * as z from 'zod';
import { CommandError } from '../../client/command-error.ts';
import type { StartProgress } from '../../client/progress.ts';
import { findRecord, maxRecordBytes, readRecords } from '../../client/read-records.ts';
import type { BucketReader, Target } from '../../client/target.ts';
import { findTaskId } from '../../functions/domain/callback/body.ts';
import type { ExpectedTask } from '../../functions/domain/expected.ts';
import { encodeMessage } from '../../functions/domain/message.ts';
import { keySafeTaskId, recordKey } from '../../functions/domain/object-key.ts';
import type { TaskRecord } from '../../functions/domain/record.ts';
import { isOpen } from '../../functions/domain/task-state.ts';
import { type AddCommand, type CommandTools, type CommandWork, helpNote } from '../command.ts';

// Each provider's request to make the files of an old task available again. It costs the owner's credits.

type RecoveringProvider = ExpectedTask['provider'];

type Recovery = { taskId: string; callBackUrl: string };

type Api = {
  /** The environment variable that overrides the base URL. */
  variable: string;
  url: string;
  path: string;
  body(recovery: Recovery): object;
};

const recoveryApis: Record<RecoveringProvider, Api> = {
  'sunoapi.org': {
    variable: 'SUNOAPI_URL',
    url: 'https://api.sunoapi.org',
    path: '/api/v1/suno/recovery',
    body: ({ taskId, callBackUrl }) => ({ sunoTaskId: taskId, callBackUrl }),
  },
  'kie.ai': {
    variable: 'KIE_URL',
    url: 'https://api.kie.ai',
    path: '/api/v1/jobs/createTask',
    body: ({ taskId, callBackUrl }) => ({
      model: 'ai-music-api/suno-recovery-audio',
      callBackUrl,
      input: { task_id: taskId },
    }),
  },
};

const explanation = [
  'This orders the files of an old music task from the provider once more. It costs credits of your account there, ' +
    'whether the files come or not, so it is done only with --spend-credits.',
  'First see what the task lacks: trackkeeper status <taskId>.',
  'Links that are younger than 14 days can be tried without cost: trackkeeper retry <taskId>.',
];

type Given = { spendCredits?: true; again?: true; provider?: RecoveringProvider };

export const addRecover: AddCommand = (program, run) => {
  program
    .command('recover')
    .description('Orders the files of an old music task from the provider once more; this costs credits there.')
    .argument('<taskId>', 'the music task')
    .option('--spend-credits', 'confirms that credits are spent')
    .option('--again', 'even if every song is stored, or a recovery was ordered before')
    .addOption(
      new Option('--provider <name>', 'the provider that made the task, if its record does not say').choices(
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

function recover(givenId: string, given: Given): CommandWork {
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
  throw new CommandError(
    'The record does not name the provider of this task: give --provider sunoapi.org or kie.ai.',
    2,
  );
}

/** The label, and the query parameter of the callBackUrl, that names the recovered task. */
const recoveryLabel = 'recoveryOf';

/** Returns why the recovery would waste credits, or undefined. */
async function reasonNotTo(
  taskId: string,
  record: TaskRecord | undefined,
  { bucket }: Target,
  { progress }: CommandTools,
) {
  const audio = record?.assets.filter(({ kind }) => kind === 'audio') ?? [];
  if (record?.status === 'archived' && audio.length > 0 && audio.every(({ state }) => state === 'stored')) {
    return `Nothing to recover: every song of ${taskId} is stored.`;
  }
  const earlier = await earlierRecovery(taskId, { bucket, progress });
  if (earlier === undefined) return undefined;
  const isIt = recoveryLabel in earlier.labels ? 'It was ordered before' : 'It may have been ordered before';
  return `${isIt}: task ${earlier.taskId} is ${earlier.status}. Nothing was spent; --again orders all the same.`;
}

type Deps = { bucket: BucketReader; progress: StartProgress };

/**
 * A recovery of this task that is running or has delivered its files, or one that may be: a recovery announced
 * without the label is known only after its callback.
 */
async function earlierRecovery(taskId: string, deps: Deps): Promise<TaskRecord | undefined> {
  const found: TaskRecord[] = [];
  await readRecords(deps, (record) => {
    const of = record.labels[recoveryLabel];
    const mayBe = of === undefined && record.kind === 'recovery' && isOpen(record);
    if (mayBe || (of === taskId && record.status !== 'failed')) found.push(record);
  });
  return found.find(({ labels }) => labels[recoveryLabel] === taskId) ?? found[0];
}

async function order(
  taskId: string,
  provider: RecoveringProvider,
  target: Target,
  { env }: CommandTools,
): Promise<string> {
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

type RecoveryQuestion = {
  provider: RecoveringProvider;
  taskId: string;
  callBackUrl: string;
  key: string;
  env: Readonly<Record<string, string | undefined>>;
};

const isItTaken = 'Whether it took the order is not known: look at your account there before you order again.';

const answerSchema = z.looseObject({ code: z.coerce.number(), msg: z.string().nullish() });

/**
 * @returns the id of the task that will deliver the files
 * @throws CommandError if the provider rejects the request. Never retried: each request costs credits.
 */
async function askForRecovery({ provider, key, env, ...recovery }: RecoveryQuestion): Promise<string> {
  const { variable, url, path, body } = recoveryApis[provider];
  const { status, text } = await post(new URL(path, env[variable] || url), key, body(recovery)).catch(
    (error: Error) => {
      throw new CommandError(`${provider} gave no answer (${error.name}: ${error.message}). ${isItTaken}`);
    },
  );
  const answer = answerSchema.safeParse(parsedOrUndefined(text));
  if (!answer.success) {
    throw new CommandError(`${provider} answered ${status}, and not in a way that is known. ${isItTaken}`);
  }
  const { code, msg } = answer.data;
  if (code !== 200) {
    throw new CommandError(`${provider} refused with ${code}: ${msg ?? 'no reason given'}. ${adviceOn(code)}`);
  }
  const recoveryId = findTaskId(answer.data);
  if (recoveryId !== null) return recoveryId;
  throw new CommandError(`${provider} took the order and named no task: look at your account there, then announce it.`);
}

/** The provider responds at once and does the work later. */
const patienceMs = 30_000;

const maxAnswerBytes = 64 * 1024;

async function post(url: URL, key: string, body: object): Promise<{ status: number; text: string }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
    // The API key must not be sent to another host.
    redirect: 'error',
    signal: AbortSignal.timeout(patienceMs),
  });
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.length;
    if (bytes > maxAnswerBytes) throw new Error(`an answer of over ${maxAnswerBytes} bytes`);
    pieces.push(piece);
  }
  return { status: response.status, text: Buffer.concat(pieces).toString() };
}

function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** On sunoapi.org 429 means missing credits, not too many requests. */
function adviceOn(code: number): string {
  if (code === 401 || code === 403) return 'The API key is not accepted: see the secret with the provider keys.';
  if (code === 402 || code === 429) return 'The account may lack credits, or sent too many requests.';
  if (code === 404 || code === 422) return 'The provider may not know the task, or not as one of music.';
  return 'Try again later.';
}

type Ordered = { taskId: string; recoveryId: string; provider: RecoveringProvider };

/** How long to wait for its record, in seconds. */
const patienceSeconds = 10;

/** The credits are already spent here, so the id must be shown whatever happens. */
async function announce(
  { taskId, recoveryId, provider }: Ordered,
  { bucket, send }: Target,
  { now, wait }: CommandTools,
) {
  const tasks = [{ provider, kind: 'recovery', taskId: recoveryId } as const];
  const labels = { [recoveryLabel]: taskId };
  // Text that people paste into a shell must be safe there.
  const label = keySafeTaskId(taskId) === taskId ? ` --label ${recoveryLabel}=${taskId}` : '';
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
