// Maps API Gateway's route key to the function that handles the request.
import { expectTasks } from './expect-tasks.ts';
import { type CallbackRequest, type ReceiveDeps, type Received, receive } from './receive.ts';

type Route = {
  /** The name of the log event. */
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

/** `$default`: any other path or method. */
const nowhere: Route = { event: 'callback', story: async () => ({ outcome: 'unknown-path' }) };

export function routeOf(routeKey: string): Route {
  return routes.get(routeKey) ?? nowhere;
}
