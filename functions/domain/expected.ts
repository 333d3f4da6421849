// Tasks that are announced before any callback of them has come.
import * as z from 'zod/mini';
import { taskKinds } from './words.ts';

/** So that each announcement fits a message of the queue; `limits.messageBytes` is checked all the same. */
const maxTasks = 1_000;
/** What is longer would end up in keys, logs and metadata; the same bound as for a callback's. */
const maxTaskIdBytes = 512;
const providers = ['sunoapi.org', 'kie.ai'] as const;

/** Controls, direction marks, zero-width signs and noncharacters: SQS refuses some, and no one sees that the others are there. */
const unseen = /\p{C}/u;

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
      z.refine((id) => !unseen.test(id), 'no invisible characters'),
    ),
  ),
});

export type ExpectedTask = z.infer<typeof expectedTask>;

/** What each field must be, for those who sent something else. */
const wanted = {
  provider: `one of ${providers.join(', ')}`,
  kind: `one of ${taskKinds.join(', ')}`,
  taskId: `text of 1 to ${maxTaskIdBytes} bytes without invisible characters`,
} satisfies Record<keyof ExpectedTask, string>;
const fields = ['provider', 'kind', 'taskId'] as const;

/** One task or an array of them. `fault`: the first thing that is wrong, in words that hold nothing of what was sent. */
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

/** The field's name, or what else is wrong. */
function faultOf(issues: readonly { path: PropertyKey[] }[]): string {
  const field = fields.find((name) => issues.some(({ path }) => path[0] === name));
  return field === undefined ? `must be an object with ${fields.join(', ')}` : `${field} must be ${wanted[field]}`;
}
