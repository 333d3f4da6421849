// The measurements of the transfers, and the comparison of two ways in one case.
import type { Case } from './cases.ts';
import type { Measurement } from './measure/measurement.ts';
import { median, medianRatio } from './statistics.ts';

type ServerUse = { busy: number; connections: number };
export type Transferred = Measurement & { source: ServerUse; sink: ServerUse };
/** The runs of one way in one case, in the order of the rounds. */
export type Series = { case: Case; way: string; runs: Transferred[] };
/** `skipped`: what was left out, and why; each a sentence without its full stop. */
export type Transfers = { series: Series[]; skipped: string[] };

/** The median over the rounds; undefined if either way is missing. */
export function ratioOf(
  one: Series | undefined,
  other: Series | undefined,
  figure: 'cpuMs' | 'wallMs',
): number | undefined {
  if (one === undefined || other === undefined) return undefined;
  const values = ({ runs }: Series) => runs.map((run) => run[figure]);
  return medianRatio(values(one), values(other));
}

export function middle({ runs }: Series, figure: (run: Transferred) => number): number {
  return median(runs.map(figure));
}

/** The maximum over all rounds, in bytes; undefined if the machine does not report it. */
export function peakOf({ runs }: Series): number | undefined {
  const peaks = runs.flatMap(({ peakBytes }) => peakBytes ?? []);
  return peaks.length === 0 ? undefined : Math.max(...peaks);
}
