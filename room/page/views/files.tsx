// The files of a task: where each is stored, or why it is missing.
import type { FileDetail, TaskDetail } from '../../page-api.ts';
import { bytesText, capitalised } from '../wording.ts';
import { bidiText, CopyButton, DownloadLink, List } from './parts.tsx';

export const Files = ({ task }: { task: TaskDetail }) => (
  <section class="files">
    <h3>Files</h3>
    {task.assets.length === 0 ? (
      <p class="tags">No files yet.</p>
    ) : (
      <List>
        {task.assets.map((file) => (
          <File key={`${file.kind} ${file.trackId} ${file.name}`} bucket={task.bucket} file={file} />
        ))}
      </List>
    )}
  </section>
);

const fileName = ({ name, kind, key }: FileDetail) => key?.split('/').at(-1) ?? (name || capitalised(kind));

function File({ bucket, file }: { bucket: string; file: FileDetail }) {
  const { key, kind, state, bytes, suspect, reason, progress } = file;
  const name = fileName(file);
  const facts = [capitalised(kind), bytes === null ? '' : bytesText(bytes), state === 'stored' ? '' : state];
  return (
    <li class={`file ${state}`}>
      <div class="name">
        {bidiText(name)}
        <small>{facts.filter((fact) => fact !== '').join(' · ')}</small>
      </div>
      {state === 'stored' && key !== null && (
        <div class="doing">
          <DownloadLink objectKey={key} title={name} />
          <CopyButton text={`${bucket}/${key}`} what={`the path of ${name}`} label="Copy path" />
        </div>
      )}
      {progress && <progress value={progress.bytes} max={progress.ofBytes} aria-label={`${name}: arriving`} />}
      {reason && <p class="reason">{bidiText(reason)}</p>}
      {suspect && <p class="reason">{bidiText(suspect)}</p>}
    </li>
  );
}
