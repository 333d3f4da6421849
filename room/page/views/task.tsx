// One task: its takes side by side, its videos, the lyrics, and the paths of its files.
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useMemo } from 'preact/hooks';
import type { TaskDetail } from '../../page-api.ts';
import { mediaPath } from '../api.ts';
import { byId } from '../by-id.ts';
import { closeTask } from '../router.ts';
import { state } from '../state.ts';
import { takeTitle, titleOf } from '../tracks.ts';
import { capitalised, instantText } from '../wording.ts';
import { ReasonText } from './attention.tsx';
import { Files } from './files.tsx';
import {
  bidiText,
  CopyButton,
  Cover,
  DownloadLink,
  Icon,
  LabelList,
  PlayButton,
  Progress,
  Status,
  TaskActions,
  useFocusGuard,
} from './parts.tsx';

export function TaskPane() {
  const pane = useFocusGuard();
  const open = state.openTask.value;
  useLayoutEffect(() => {
    if (pane.current !== null) pane.current.scrollTop = 0;
  }, [pane, open?.taskId]);
  const isRead = open !== null && (open.detail !== null || open.problem !== null);
  useLayoutEffect(() => {
    if (!state.isHeadingToFocus.peek() || !isRead) return;
    state.isHeadingToFocus.value = false;
    byId('task-heading', HTMLElement).focus();
  });
  return (
    <article id="task" ref={pane} aria-label="Task" tabindex={-1} hidden={open === null} data-of={open?.taskId}>
      {open !== null && (
        <>
          <button type="button" class="close" aria-label="Close the task" title="Close (Escape)" onClick={closeTask}>
            <Icon name="close" />
          </button>
          {open.detail === null ? (
            <>
              <Heading>{bidiText(open.taskId)}</Heading>
              <p>{open.problem ?? 'Reading…'}</p>
            </>
          ) : (
            <Detail key={open.taskId} task={open.detail} />
          )}
        </>
      )}
    </article>
  );
}

const Heading = ({ children }: { children: ComponentChildren }) => (
  <h2 tabindex={-1} id="task-heading">
    {children}
  </h2>
);

/** Whether something is missing that another try may fetch. */
const isRetryUseful = ({ status, assets }: TaskDetail) =>
  status !== 'archived' || assets.some((asset) => asset.state !== 'stored');

const Detail = ({ task }: { task: TaskDetail }) => (
  <>
    <div class="head">
      <Heading>{bidiText(titleOf(task))}</Heading>
      {task.tags && <p class="tags">{bidiText(task.tags)}</p>}
      <p class="facts">
        <span>{capitalised(task.kind)}</span>
        <time datetime={task.at}>{instantText(task.at)}</time>
        <Status row={task} />
        <LabelList labels={task.labels} />
      </p>
      <Progress row={task} />
    </div>
    {task.attention !== null && <ReasonText attention={task.attention} />}
    {isRetryUseful(task) && <TaskActions row={task} />}
    <div class="pair">
      {task.takes.map(({ trackId }, take) => (
        <TakePanel key={trackId ?? take} task={task} take={take} />
      ))}
    </div>
    <Videos task={task} />
    <AllLyrics task={task} />
    <Files task={task} />
    <Paths task={task} />
  </>
);

function TakePanel({ task, take }: { task: TaskDetail; take: number }) {
  const found = task.takes[take];
  if (found === undefined) return null;
  const isOneOfSeveral = task.takes.length > 1;
  const title = takeTitle(task, found);
  const which = isOneOfSeveral ? `take ${take + 1}, ${title}` : title;
  const facts = [isOneOfSeveral ? `Take ${take + 1}` : '', found.model ?? ''].filter((text) => text !== '');
  return (
    <section class="take" aria-label={which}>
      <Cover objectKey={found.cover} size="large" />
      <h3>{bidiText(title)}</h3>
      {facts.length > 0 && <p class="tags">{bidiText(facts.join(' · '))}</p>}
      <div class="doing">
        <PlayButton row={task} take={take} />
        {found.audio && <DownloadLink objectKey={found.audio} title={which} />}
        {found.audio && (
          <CopyButton text={`${task.bucket}/${found.audio}`} what={`the path of ${which}`} label="Copy path" />
        )}
      </div>
      {!found.audio && !found.video && <p class="tags">{missingAudioText(task, found.trackId)}</p>}
    </section>
  );
}

const missingAudioTexts: Readonly<Record<string, string>> = {
  quarantined: 'Audio was refused: see Files.',
  failed: 'Audio could not be stored: see Files.',
};

function missingAudioText(task: TaskDetail, trackId: string | null): string {
  const audio = task.assets.find((asset) => asset.trackId === trackId && ['audio', 'wav'].includes(asset.kind));
  return missingAudioTexts[audio?.state ?? ''] ?? 'No audio yet.';
}

/** Only a video's metadata is fetched until it is played. */
function Videos({ task }: { task: TaskDetail }) {
  const byVideo = new Map(task.takes.map((take) => [take.video, take]));
  return (
    <>
      {Array.from(byVideo, ([video, { cover, title }]) =>
        video === null ? null : (
          // biome-ignore lint/a11y/useMediaCaption: providers send no captions; the lyrics are on the page
          <video
            key={video}
            src={mediaPath(video)}
            controls
            preload="metadata"
            playsInline
            poster={cover === null ? undefined : mediaPath(cover)}
            aria-label={`Video: ${title || titleOf(task)}`}
          />
        ),
      )}
    </>
  );
}

/** Takes with the same lyrics share them. */
function AllLyrics({ task: { lyrics, takes } }: { task: TaskDetail }) {
  const trackIds = Map.groupBy(Object.keys(lyrics), (trackId) => lyrics[trackId] ?? '');
  return (
    <>
      {Array.from(trackIds, ([text, of]) => {
        const numbers = of.map((id) => takes.findIndex(({ trackId }) => trackId === id) + 1);
        const whose = trackIds.size > 1 && numbers[0] ? ` of take ${numbers.join(' and ')}` : '';
        return <Lyrics key={of.join(' ')} heading={`Lyrics${whose}`} text={text} />;
      })}
    </>
  );
}

function Lyrics({ heading, text }: { heading: string; text: string }) {
  const lines = useMemo(() => text.split(/\r?\n/).map(lyricsLine), [text]);
  return (
    <section class="lyrics">
      <h3>{heading}</h3>
      <p class="song">{lines}</p>
    </section>
  );
}

/** Headings such as `[Chorus]` look different. */
const lyricsLine = (line: string) => (
  <span class={/^\s*\[.*\]\s*$/.test(line) ? 'part' : 'sung'} dir="auto">{`${line}\n`}</span>
);

function Paths({ task }: { task: TaskDetail }) {
  const fact = (name: string, value: string, what: string) => (
    <>
      <dt>{name}</dt>
      <dd>
        {bidiText(value, 'mono')}
        <CopyButton text={value} what={what} />
      </dd>
    </>
  );
  return (
    <dl class="more">
      {fact('Task', task.taskId, 'the task id')}
      {task.folder !== null && fact('Folder', `${task.bucket}/${task.folder}`, 'the folder’s path')}
      {fact('Record', `${task.bucket}/${task.record}`, 'the record’s path')}
      <dt>Provider</dt>
      <dd>{bidiText(task.provider)}</dd>
    </dl>
  );
}
