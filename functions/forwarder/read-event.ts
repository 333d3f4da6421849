// The message that EventBridge puts into the queue: its envelope with our event inside.
import * as z from 'zod';
import { type TaskEventDetail, taskEndTypes, taskEventDetail } from '../domain/task-event.ts';

const envelope = z.object({
  'detail-type': z.enum(taskEndTypes),
  /** The id becomes a header, and the signature uses a dot as its end. */
  detail: taskEventDetail.extend({ id: z.string().regex(/^[\w-]{1,64}$/) }),
});

export type ForwardedEvent = {
  type: z.infer<typeof envelope>['detail-type'];
  detail: TaskEventDetail;
};

/** @throws if it is not an event to forward */
export function readEvent(body: string): ForwardedEvent {
  const { 'detail-type': type, detail } = envelope.parse(JSON.parse(body));
  return { type, detail };
}
