// Which events are passed on to the owner's endpoint, in the stack by a rule of EventBridge, and in the local deployment.
import { eventSource, taskEndTypes } from '../functions/domain/task-event.ts';

/** How a task ended. That one is at risk is no callback of the provider. */
export const forwardedEvents = { source: eventSource, types: [...taskEndTypes] };

/** What the ids of the tasks begin with that `trackkeeper doctor` makes: those are not passed on. */
export const testTaskPrefix = 'doctor-';
