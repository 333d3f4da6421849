// Which story a request is for, by API Gateway's own name of the route that it took.
import { expectTasks } from './expect-tasks.ts';
import { type CallbackRequest, type ReceiveDeps, type Received, receive } from './receive.ts';

type Route = {
  /** What the log calls it. */
  event: 'callback' | 'expected';
  story: (
    request: CallbackRequest,
    deps: ReceiveDeps,
    signal: AbortSignal,
  ) => Promise<Received & { taskId?: string | null }>;
};

const callback: Route = { event: 'callback', story: receive };
const routes = new Map<string, Route>([
  ['GET /callbacks/{token}', callback],
  ['POST /callbacks/{token}', callback],
  ['POST /tasks/{token}', { event: 'expected', story: expectTasks }],
]);

/** `$default`, which is any other path or method. */
const nowhere: Route = { event: 'callback', story: async () => ({ outcome: 'unknown-path' }) };

export function routeOf(routeKey: string): Route {
  return routes.get(routeKey) ?? nowhere;
}
