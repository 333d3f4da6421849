import type { Terminal } from './terminal.ts';
import { plainText, progressBar } from './terminal.ts';

/** Shows the progress of long work. `total`: undefined if unknown. */
export type ProgressLine = { update(done: number, total?: number): void; end(): void };
export type StartProgress = (label: string, show?: (amount: number) => string) => ProgressLine;

type ProgressOptions = { terminal: Pick<Terminal, 'moves' | 'redraw'>; columns: number; now: () => Date };

const barColumns = 24;
/** Frequent enough to look alive, and rare enough to cost little. */
const redrawMs = 100;

/** On a terminal, one line that is redrawn; elsewhere nothing. */
export function createProgress({ terminal, columns, now }: ProgressOptions): StartProgress {
  return (label, show = String) => {
    let drawnAt = Number.NEGATIVE_INFINITY;
    return {
      update(done, total) {
        const at = now().getTime();
        if (!terminal.moves || at - drawnAt < redrawMs) return;
        drawnAt = at;
        // The last column stays free: some terminals wrap the line there.
        terminal.redraw([plainText(progressLine(label, done, total, show), columns - 1)]);
      },
      end: () => terminal.redraw([]),
    };
  };
}

function progressLine(label: string, done: number, total: number | undefined, show: (amount: number) => string) {
  if (total === undefined) return `${label}  ${show(done)}`;
  const percent = total === 0 ? 100 : Math.min(100, Math.floor((100 * done) / total));
  return `${label}  ${progressBar(done, total, barColumns)} ${percent} %  ${show(done)} of ${show(total)}`;
}
