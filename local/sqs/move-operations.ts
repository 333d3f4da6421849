// The operations that move messages back from a dead-letter queue. A restart forgets the tasks, but not the moves.

import type { Operation } from '../aws-json.ts';
import { arnOf, queueByArn } from './address.ts';
import { optionalInteger, optionalText, taking, text } from './input.ts';
import { type MoveTask, moveBack } from './move-task.ts';
import type { Store } from './store.ts';

export function moveOperations({ queues, commit }: Store, now: () => number): Record<string, Operation> {
  const tasks: MoveTask[] = [];

  return {
    StartMessageMoveTask: taking(['SourceArn', 'DestinationArn'], ({ input }) => {
      const source = queueByArn(queues, text(input, 'SourceArn'));
      const destinationArn = optionalText(input, 'DestinationArn');
      if (destinationArn !== undefined) queueByArn(queues, destinationArn);
      const { task, changes } = moveBack({ queues, source, destinationArn }, now());
      commit(changes);
      tasks.unshift(task);
      return { TaskHandle: task.TaskHandle };
    }),

    ListMessageMoveTasks: taking(['SourceArn', 'MaxResults'], ({ input }) => {
      const sourceArn = arnOf(queueByArn(queues, text(input, 'SourceArn')).settings.name);
      const limit = optionalInteger(input, 'MaxResults', { min: 1, max: 10 }) ?? 1;
      return { Results: tasks.filter((task) => task.SourceArn === sourceArn).slice(0, limit) };
    }),
  };
}
