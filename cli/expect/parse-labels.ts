import { boundedLabels, type Labels, labelLimits } from '../../functions/domain/labels.ts';
import { CommandError } from '../outcome.ts';

/**
 * Each as `project=demo`; what comes after the first `=` is the value. What a callback's URL would have cut is refused: here
 * somebody is there to be told.
 * @throws CommandError
 */
export function parseLabels(given: readonly string[]): Labels {
  const pairs = given.map((text) => {
    const [, name = '', value = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (name === '') throw new CommandError(`--label ${text} has no name: give it as --label project=demo.`, 2);
    return [name, value] as const;
  });
  const wanted = new Map(pairs);
  const labels = boundedLabels(wanted);
  if ([...wanted].every(([name, value]) => labels[name] === value)) return labels;
  const { count, length } = labelLimits;
  throw new CommandError(`At most ${count} labels are kept, with names and values of ${length} characters at most.`, 2);
}
