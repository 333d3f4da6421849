// The tasks that need attention: waiting, failed or at risk, each with its reason and what to do.
import { useState } from 'preact/hooks';
import type { Attention, TaskRow } from '../../page-api.ts';
import { retryAll } from '../loader.ts';
import { formatRoute, noFilter } from '../route.ts';
import { state } from '../state.ts';
import { titleOf } from '../tracks.ts';
import { counted, fromNow, hoursLeftText, instantText } from '../wording.ts';
import { bidiText, List, TaskActions, useFocusGuard } from './parts.tsx';

export function AttentionPane() {
  const pane = useFocusGuard();
  const attention = state.attention.value;
  const rows = attention?.rows ?? [];
  const unreadable = attention?.unreadable ?? [];
  const total = attention?.total ?? 0;
  const isCalm = attention !== null && attention.revision > 0 && total === 0 && unreadable.length === 0;
  return (
    <section
      id="attention"
      ref={pane}
      aria-labelledby="attention-heading"
      tabindex={-1}
      hidden={state.route.value.view !== 'attention'}
    >
      <h2 id="attention-heading">Needs attention</h2>
      {isCalm && <p class="calm">Nothing. Every file is stored or on its way.</p>}
      <RetryAll rows={rows} />
      {attention !== null && (
        <List className="cases">
          {rows.map((row) => row.attention && <Case key={row.taskId} row={row} attention={row.attention} />)}
        </List>
      )}
      {total > rows.length && <p class="rest">{`And ${counted(total - rows.length, 'task')} that are less urgent.`}</p>}
      {unreadable.length > 0 && <UnreadableRecords keys={unreadable} />}
    </section>
  );
}

/** Asks once before it sends many requests. */
function RetryAll({ rows }: { rows: readonly TaskRow[] }) {
  const [isAsking, setAsking] = useState(false);
  const ids = rows.filter(({ attention }) => attention?.canRetry === true).map(({ taskId }) => taskId);
  if (ids.length < 2) return null;
  const answer = (isMeant: boolean) => {
    setAsking(false);
    if (isMeant) void retryAll(ids);
  };
  return (
    <p class="act">
      {isAsking ? (
        <>
          {`Try ${counted(ids.length, 'task')} again now? `}
          <button type="button" onClick={() => answer(true)}>
            Retry them
          </button>
          <button type="button" onClick={() => answer(false)}>
            Cancel
          </button>
        </>
      ) : (
        <button type="button" class="retry-all" onClick={() => setAsking(true)}>
          {`Retry all ${ids.length}`}
        </button>
      )}
    </p>
  );
}

const Case = ({ row, attention }: { row: TaskRow; attention: Attention }) => (
  <li class="case" data-id={row.taskId}>
    <a class="title" href={formatRoute({ view: 'task', taskId: row.taskId, filter: noFilter })}>
      {bidiText(titleOf(row))}
    </a>
    <p class="when">
      <time datetime={row.at} title={instantText(row.at)}>
        {row.day}
      </time>
    </p>
    <ReasonText attention={attention} />
    <TaskActions row={row} canDismiss />
  </li>
);

const whyTexts: Record<Attention['why'], string> = {
  'at-risk': 'At risk',
  open: 'Waiting',
  failed: 'Failed',
  quarantined: 'Quarantined',
  suspect: 'Not as promised',
};

export function ReasonText({ attention }: { attention: Attention }) {
  const { why, reason, advice, hoursLeft, dueAt } = attention;
  const times = [
    hoursLeft === null ? '' : hoursLeftText(hoursLeft),
    dueAt === null ? '' : `tried again ${fromNow(dueAt, new Date())}`,
  ];
  return (
    <div class="trouble">
      <p class="why">
        <strong class={why}>{whyTexts[why]}</strong>
        {` ${times.filter((text) => text !== '').join(' · ')}`}
      </p>
      {reason && <p class="reason">{bidiText(reason)}</p>}
      {advice && <p class="advice">{bidiText(advice)}</p>}
    </div>
  );
}

const UnreadableRecords = ({ keys }: { keys: readonly string[] }) => (
  <div class="unreadable">
    <h3>Records that cannot be read</h3>
    <p>Fix these files or move them away. Their callbacks can be replayed.</p>
    <ul>
      {keys.map((key) => (
        <li key={key}>{bidiText(key)}</li>
      ))}
    </ul>
  </div>
);
