// What the server tells of by itself.
import type { TaskState } from '../page-api.ts';

type Listener = { onState(state: TaskState): void; onConnection(isConnected: boolean): void };

/**
 * As long as the page is to be seen: a browser has six connections to one server, and each page that lies behind others would
 * keep one. It connects again by itself when the connection is cut.
 */
export function listenToChanges({ onState, onConnection }: Listener): void {
  let changes: EventSource | null = null;

  function connect(): EventSource {
    const made = new EventSource('/api/changes');
    made.addEventListener('open', () => onConnection(true));
    made.addEventListener('error', () => onConnection(false));
    made.addEventListener('message', ({ data }) => onState(JSON.parse(data)));
    return made;
  }

  function follow(): void {
    changes?.close();
    changes = document.hidden ? null : connect();
  }
  document.addEventListener('visibilitychange', follow);
  follow();
}
