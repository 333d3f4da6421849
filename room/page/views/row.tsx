// A line of the list.
import type { TaskRow } from '../../page-api.ts';
import { formatRoute } from '../route.ts';
import { state } from '../state.ts';
import { titleOf } from '../tracks.ts';
import { capitalised } from '../wording.ts';
import { bidiText, Cover, Icon, LabelList, PlayButton, Progress, Status } from './parts.tsx';

/** A song has two takes. A task of stems has more than fit into a line. */
const shownTakes = 2;
const shownCovers = 2;

export type LineProps = {
  line: number;
  /** Undefined until the line is loaded. */
  row: TaskRow | undefined;
  /** In pixels, within its day. */
  top: number;
  /** Lines of the day, and this line's place among them. */
  setSize: number;
  position: number;
};

/** Drawn again only if its props or the signals that it reads change (`@preact/signals` compares them). */
export function Line({ line, row, top, setSize, position }: LineProps) {
  const isCurrent = line === state.line.value;
  return (
    <li
      class={row === undefined ? 'row absent' : 'row'}
      data-id={row?.taskId ?? `line ${line}`}
      data-line={line}
      aria-setsize={setSize}
      aria-posinset={position}
      aria-busy={row === undefined ? 'true' : undefined}
      style={{ top: `${top}px` }}
    >
      {/* Only the controls of the current line are tab stops. */}
      {row && <LineContent row={row} tabindex={isCurrent ? undefined : -1} />}
    </li>
  );
}

function LineContent({ row, tabindex }: { row: TaskRow; tabindex: number | undefined }) {
  const { view, taskId, filter } = state.route.value;
  const shown = row.takes.slice(0, shownTakes);
  const more = row.takes.length - shown.length;
  const covers = [...new Set(row.takes.map(({ cover }) => cover))].slice(0, shownCovers);
  const href = formatRoute({ view: 'task', taskId: row.taskId, filter });
  const isOpen = view === 'task' && taskId === row.taskId;
  return (
    <>
      <div class="covers">
        {(covers.length === 0 ? [null] : covers).map((key) => (
          <Cover key={key} objectKey={key} />
        ))}
      </div>
      <div class="about">
        <a
          class={row.title ? 'title' : 'title untitled'}
          href={href}
          aria-current={isOpen ? 'true' : undefined}
          tabindex={tabindex}
        >
          {bidiText(titleOf(row))}
        </a>
        <p class="tags">
          {row.kind !== 'music' && row.title && <span class="kind">{capitalised(row.kind)}</span>}
          {row.tags && bidiText(row.tags)}
        </p>
      </div>
      <div class="takes">
        {shown.map(({ audio, video, trackId }, take) => {
          if (audio) return <PlayButton key={trackId ?? take} row={row} take={take} tabindex={tabindex} />;
          return video ? <WatchLink key={trackId ?? take} row={row} href={href} tabindex={tabindex} /> : null;
        })}
        {more > 0 && (
          <a class="play more-takes" href={href} tabindex={tabindex} aria-label={`${more} more of ${titleOf(row)}`}>
            {`+${more}`}
          </a>
        )}
      </div>
      <div class="facts">
        <Status row={row} />
        <LabelList labels={row.labels} />
      </div>
      <Progress row={row} />
    </>
  );
}

/** A video plays in the task's own view. */
const WatchLink = ({ row, href, tabindex }: { row: TaskRow; href: string; tabindex: number | undefined }) => (
  <a class="play" href={href} tabindex={tabindex} aria-label={`Watch ${titleOf(row)}`}>
    <Icon name="play" />
    Watch
  </a>
);
