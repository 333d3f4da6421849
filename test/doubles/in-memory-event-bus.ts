import { UnavailableError } from '../../functions/domain/errors.ts';
import { type TaskEvent, taskEventDetail } from '../../functions/domain/task-event.ts';
import type { EventBus } from '../../functions/ports.ts';

/** `isDown`: whether this time it takes nothing. Holds all that it was given to the schema. */
export function inMemoryEventBus({ isDown = () => false }: { isDown?: () => boolean } = {}) {
  const events: TaskEvent[] = [];
  const bus: EventBus = {
    async put(event) {
      if (isDown()) throw new UnavailableError('PutEvents: 503 ServiceUnavailable');
      taskEventDetail.parse(event.detail);
      events.push(event);
    },
  };
  return { ...bus, events };
}
