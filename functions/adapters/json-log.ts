// CloudWatch and the local deployment read one JSON object per line.
import type { Clock, Log } from '../ports.ts';
import type { FiguresOf } from './figures.ts';

/** Long enough for any id or reason; hostile titles and messages do not fill the log. */
const maxValueLength = 1000;

export function createJsonLog(write: (line: string) => void, clock: Clock, figuresOf: FiguresOf = () => ({})): Log {
  return (level, event, fields = {}) => {
    const bounded = Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [
        name,
        typeof value === 'string' ? value.slice(0, maxValueLength).toWellFormed() : value,
      ]),
    );
    const time = clock.now().toISOString();
    write(JSON.stringify({ time, level, event, ...bounded, ...figuresOf(event, bounded) }));
  };
}
