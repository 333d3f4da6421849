// The provider is asked about a task, and its answer goes the way of a callback.
import { assetId } from '../domain/asset.ts';
import { answerKey } from '../domain/object-key.ts';
import type { TaskRecord } from '../domain/record.ts';
import type { Bucket, Clock, Log, ProviderApi } from '../ports.ts';
import { allowedSources } from './allowed-sources.ts';
import type { Invocation } from './claim.ts';
import { planAssets } from './plan.ts';
import type { Policy } from './policy.ts';
import { applyAnswer, applyFreshLinks, assetsWithoutLinks } from './provider-polling.ts';
import type { UpdateRecord } from './records.ts';

export type PollDeps = {
  provider: ProviderApi;
  bucket: Pick<Bucket, 'write'>;
  clock: Clock;
  log: Log;
  random: () => number;
  policy: Policy;
};

export async function pollProvider(
  record: TaskRecord,
  { stopping: signal }: Pick<Invocation, 'stopping'>,
  { provider, bucket, clock, log, random, policy, update }: PollDeps & { update: UpdateRecord },
): Promise<TaskRecord> {
  const { taskId, kind } = record;
  const answer = await provider.ask({ provider: record.provider, kind, taskId }, { signal });
  const asked = { answer, at: clock.now(), jitter: random() };
  const detail = 'detail' in answer ? answer.detail : undefined;
  const stage = answer.outcome === 'answered' ? answer.callback.stage : undefined;
  const isTrouble = answer.outcome === 'refused' || answer.outcome === 'unavailable';
  const refusal = 'refusal' in answer ? answer.refusal : undefined;
  log(isTrouble ? 'warn' : 'info', 'provider.asked', { taskId, kind, outcome: answer.outcome, refusal, stage, detail });

  // The function's end came in between: nothing was found out.
  if (signal.aborted && answer.outcome !== 'answered') return record;

  const expected = applyAnswer(record, asked, policy);
  const isNews = expected.inquiry.stage !== record.inquiry.stage;
  if (answer.outcome === 'answered' && isNews) {
    const key = answerKey(taskId, answer.callback.stage, answer.said);
    await bucket.write(key, answer.said, { contentType: 'application/json' }, 'absent');
  }
  const links = answer.outcome === 'answered' ? await freshLinks(expected) : null;
  return await update((found) => {
    const after = applyAnswer(found ?? record, asked, policy);
    return planAssets(links === null ? after : applyFreshLinks(after, links, { policy, at: asked.at }));
  });

  /** For what the answer had no new link for. */
  async function freshLinks(after: TaskRecord): Promise<Map<string, string | null>> {
    const links = new Map<string, string | null>();
    for (const asset of assetsWithoutLinks(after)) {
      // Never by a link that nobody may follow: what is named by one would count as confirmed.
      const [source] = allowedSources(asset, after, policy);
      const link = source === undefined ? null : await provider.freshLink(source.url, { signal });
      if (link !== 'unavailable') links.set(assetId(asset), link);
    }
    return links;
  }
}
