// The messages between a local function and the process that runs it.

export type Invocation = {
  requestId: string;
  event: unknown;
  /** When the function is killed, in milliseconds since 1970: an absolute time, so that a slow start counts too. */
  deadlineMs: number;
};

export type Answer = { result: unknown } | { failure: string };

export function isInvocation(message: unknown): message is Invocation {
  return typeof message === 'object' && message !== null && 'requestId' in message && 'deadlineMs' in message;
}

export function isAnswer(message: unknown): message is Answer {
  return typeof message === 'object' && message !== null && ('result' in message || 'failure' in message);
}
