// The events that are forwarded to the owner's endpoint, in the stack by a rule of EventBridge, and in the local
// deployment.
import { eventSource, taskEndTypes } from '../functions/domain/task-event.ts';

/** Task ends only: a task at risk corresponds to no callback of the provider. */
export const forwardedEvents = { source: eventSource, types: [...taskEndTypes] };

/** The prefix of task ids that `trackkeeper doctor` creates: these tasks are not forwarded. */
export const testTaskPrefix = 'doctor-';
