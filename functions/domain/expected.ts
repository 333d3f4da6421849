// Expected tasks: announced by their owner before any of their callbacks arrives.
import * as z from 'zod/mini';
import { taskKinds } from './vocabulary.ts';

/** So that each announcement fits a message of the queue; `limits.messageBytes` is checked all the same. */
const maxTasks = 1_000;
/** Ids end up in keys, logs and metadata; the same limit as for ids in callbacks. */
const maxTaskIdBytes = 512;
const providers = ['sunoapi.org', 'kie.ai'] as const;

/**
 * Controls, direction marks, zero-width characters and noncharacters: SQS refuses some, and the others cannot be seen.
 */
const invisible = /\p{C}/u;

export const expectedTask = z.object({
  provider: z.enum(providers),
  kind: z.enum(taskKinds),
  taskId: z.pipe(
    z.pipe(
      z.string(),
      z.transform((id) => id.toWellFormed().trim()),
    ),
    z.string().check(
      z.minLength(1),
      z.refine((id) => Buffer.byteLength(id) <= maxTaskIdBytes, `at most ${maxTaskIdBytes} bytes`),
      z.refine((id) => !invisible.test(id), 'no invisible characters'),
    ),
  ),
});

export type ExpectedTask = z.infer<typeof expectedTask>;

/** What each field must be, for error messages. */
const wanted = {
  provider: `one of ${providers.join(', ')}`,
  kind: `one of ${taskKinds.join(', ')}`,
  taskId: `text of 1 to ${maxTaskIdBytes} bytes without invisible characters`,
} satisfies Record<keyof ExpectedTask, string>;
const fields = ['provider', 'kind', 'taskId'] as const;

/** Reads one task or an array of them. `fault`: the first error, in words that contain nothing of the input. */
export function readExpectedTasks(sent: unknown): { tasks: ExpectedTask[] } | { fault: string } {
  const list = Array.isArray(sent) ? sent : [sent];
  if (list.length === 0) return { fault: 'there is no task in the array' };
  if (list.length > maxTasks) {
    return { fault: `at most ${maxTasks} tasks may come in one request: send the others in further ones` };
  }
  const tasks: ExpectedTask[] = [];
  for (const [index, one] of list.entries()) {
    const { data, error } = expectedTask.safeParse(one);
    if (error !== undefined) return { fault: `${Array.isArray(sent) ? `[${index}]: ` : ''}${faultOf(error.issues)}` };
    tasks.push(data);
  }
  return { tasks };
}

/** Names the first field that is wrong. */
function faultOf(issues: readonly { path: PropertyKey[] }[]): string {
  const field = fields.find((name) => issues.some(({ path }) => path[0] === name));
  return field === undefined ? `must be an object with ${fields.join(', ')}` : `${field} must be ${wanted[field]}`;
}
