// Small parts that several views share. Preact sets attributes and text only, never markup: a hostile title stays text.
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { TaskRow } from '../../page-api.ts';
import { mediaPath } from '../api.ts';
import { copy } from '../dialogs.ts';
import { dismiss, retry } from '../loader.ts';
import { playTake } from '../player.ts';
import { type Retry, state } from '../state.ts';
import { takeTitle, titleOf } from '../tracks.ts';
import { capitalised, clock } from '../wording.ts';

type IconName = 'play' | 'pause' | 'next' | 'previous' | 'volume' | 'close' | 'note';

/** One of the symbols in index.html. */
export const Icon = ({ name }: { name: IconName }) => (
  <svg aria-hidden="true">
    <use href={`#icon-${name}`} />
  </svg>
);

/** Text from outside. It keeps its own writing direction, and does not change the direction of the text around it. */
export const bidiText = (text: string, className = '') => (
  <span class={`words ${className}`.trim()} dir="auto" title={text}>
    {text}
  </span>
);

export const Cover = ({ objectKey, size = '' }: { objectKey: string | null; size?: 'large' | '' }) => (
  <span class={`cover ${size}`}>
    {objectKey === null ? (
      <Icon name="note" />
    ) : (
      <img src={mediaPath(objectKey)} alt="" decoding="async" draggable={false} />
    )}
  </span>
);

/** Safari's VoiceOver does not announce a list without bullets, unless it has the role. */
export const List = ({ className, children }: { className?: string; children: ComponentChildren }) => (
  // biome-ignore lint/a11y/noRedundantRoles: see above
  <ul class={className} role="list">
    {children}
  </ul>
);

type PlayButtonProps = { row: TaskRow; take: number; tabindex?: number | undefined };

/** Nothing for a take without audio. */
export function PlayButton({ row, take, tabindex }: PlayButtonProps) {
  const playing = state.playing.value;
  const isOn = state.isPlaying.value && playing?.taskId === row.taskId && playing.take === take;
  const found = row.takes[take];
  if (!found?.audio) return null;
  const length = found.durationSeconds === null ? '' : clock(found.durationSeconds);
  const which = row.takes.length > 1 ? `take ${take + 1} of ` : '';
  return (
    <button
      type="button"
      class={['play', isOn && 'on', length === '' && 'bare'].filter(Boolean).join(' ')}
      aria-label={`${isOn ? 'Pause' : 'Play'} ${which}${takeTitle(row, found)}${length && `, ${length}`}`}
      tabindex={tabindex}
      onClick={() => playTake(row.taskId, take)}
    >
      <Icon name={isOn ? 'pause' : 'play'} />
      {length}
    </button>
  );
}

/** Bytes while a large file is transferred, otherwise complete files. */
export function Progress({ row: { status, files, stored, progress } }: { row: TaskRow }) {
  if (status !== 'archiving' || files === 0) return null;
  const [value, max] = progress === null ? [stored, files] : [progress.bytes, progress.ofBytes];
  return <progress value={value} max={max} aria-label="Arriving" />;
}

export function Status({ row: { status, files, stored } }: { row: TaskRow }) {
  const count = status === 'archiving' && files > 0 ? `, ${stored} of ${files}` : '';
  return <span class={`status ${status}`}>{`${capitalised(status)}${count}`}</span>;
}

export function LabelList({ labels }: { labels: TaskRow['labels'] }) {
  const all = Object.entries(labels);
  if (all.length === 0) return null;
  return <span class="labels">{all.map(([name, value]) => bidiText(`${name}: ${value}`, 'label'))}</span>;
}

/** *Retry*, where it can help, and in the list of tasks that need attention *Dismiss*. */
export function TaskActions({ row, canDismiss = false }: { row: TaskRow; canDismiss?: boolean }) {
  const current = state.retries.value.get(row.taskId);
  return (
    <div class="act">
      {row.attention?.canRetry !== false && <RetryButton row={row} current={current} />}
      {canDismiss && (
        <button
          type="button"
          class="dismiss"
          aria-label={`Dismiss ${titleOf(row)}`}
          onClick={() => void dismiss(row.taskId)}
        >
          Dismiss
        </button>
      )}
      {current && <p class="said">{current.result}</p>}
    </div>
  );
}

const RetryButton = ({ row, current }: { row: TaskRow; current: Retry | undefined }) => (
  <button
    type="button"
    class="retry"
    // Not `disabled`: a disabled button loses the focus.
    aria-disabled={current?.isRunning ? 'true' : undefined}
    aria-label={`Retry ${titleOf(row)}`}
    onClick={() => void retry(row.taskId)}
  >
    {current?.isRunning ? 'Asking…' : 'Retry'}
  </button>
);

/** `what` is announced when the text has been copied. */
export const CopyButton = ({ text, what, label = 'Copy' }: { text: string; what: string; label?: string }) => (
  <button type="button" class="copy" aria-label={`Copy ${what}`} onClick={() => void copy(text, what)}>
    {label}
  </button>
);

export const DownloadLink = ({ objectKey, title }: { objectKey: string; title: string }) => (
  <a class="download" href={`${mediaPath(objectKey)}?download`} download="" aria-label={`Download ${title}`}>
    Download
  </a>
);

/**
 * Keeps the focus inside a pane: if the update that follows removes the focused element, the pane itself gets the
 * focus, so that the keys go on working from there.
 */
export function useFocusGuard() {
  const pane = useRef<HTMLElement>(null);
  const hadFocus = pane.current?.contains(document.activeElement) ?? false;
  useLayoutEffect(() => {
    const { current } = pane;
    if (hadFocus && !current?.contains(document.activeElement)) current?.focus({ preventScroll: true });
  });
  return pane;
}
