// What EventBridge puts into the queue: its envelope, with our event inside.
import * as z from 'zod';
import { type TaskEventDetail, taskEndTypes, taskEventDetail } from '../domain/task-event.ts';

const envelope = z.object({
  'detail-type': z.enum(taskEndTypes),
  /** The id goes into a header, and a dot would be taken for its end in what is signed. */
  detail: taskEventDetail.extend({ id: z.string().regex(/^[\w-]{1,64}$/) }),
});

export type ForwardedEvent = {
  type: z.infer<typeof envelope>['detail-type'];
  detail: TaskEventDetail;
};

/** @throws where it is no event that is passed on */
export function readEvent(body: string): ForwardedEvent {
  const { 'detail-type': type, detail } = envelope.parse(JSON.parse(body));
  return { type, detail };
}
