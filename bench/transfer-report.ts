// The transfers as a table of ratios: absolute times of one machine mean nothing on another.
import { middle, peakOf, ratioOf, type Series, type Transfers } from './series.ts';
import { median, spread } from './statistics.ts';
import { markdownTable, nothing, ratio } from './table.ts';
import { libStorage, raw } from './ways/references.ts';

/** Above this a server may have limited the transfer. */
const busyLimit = 0.9;

const percent = (share: number) => `${(share * 100).toFixed(0)} %`;
const megabytes = (bytes: number | undefined) => (bytes === undefined ? nothing : (bytes / 1e6).toFixed(0));

export function transferReport({ series, skipped }: Transfers): string {
  const header = ['file', 'way', 'CPU / raw', 'CPU / lib-storage', 'wall / raw', 'peak MB', 'connections'];
  const rows = series.map((one, index) => {
    const isFirst = series[index - 1]?.case !== one.case;
    return [
      isFirst ? one.case.title : '',
      one.way,
      ratio(ratioOf(one, sibling(series, one, raw), 'cpuMs')),
      ratio(ratioOf(one, sibling(series, one, libStorage), 'cpuMs')),
      ratio(ratioOf(one, sibling(series, one, raw), 'wallMs')),
      megabytes(peakOf(one)),
      one.case.kind === 'warm'
        ? nothing
        : `${middle(one, (run) => run.source.connections)} + ${middle(one, (run) => run.sink.connections)}`,
    ];
  });
  return [
    markdownTable(header, rows, 2),
    '',
    'Connections: to the source + to the sink.',
    ...(series.length > 0 ? [serversLine(series), spreadLine(series)] : []),
    ...skipped.map((line) => `${line}.`),
  ].join('\n');
}

const sibling = (all: readonly Series[], one: Series, way: string) =>
  all.find((other) => other.case === one.case && other.way === way);

/** Each server is one single-threaded process: its idle time was spent waiting for the client. */
function serversLine(series: readonly Series[]): string {
  const uses = series.flatMap((one) => [
    { server: 'source', busy: middle(one, ({ source }) => source.busy), one },
    { server: 'sink', busy: middle(one, ({ sink }) => sink.busy), one },
  ]);
  const tell = ({ server, busy, one }: (typeof uses)[number]) =>
    `${server} ${percent(busy)} (${one.way}, ${one.case.title})`;
  const busiest = ['source', 'sink'].flatMap(
    (name) => uses.filter(({ server }) => server === name).sort((one, other) => other.busy - one.busy)[0] ?? [],
  );
  const overrun = uses.filter(({ busy }) => busy > busyLimit);
  const verdict =
    overrun.length === 0
      ? 'neither was the bottleneck.'
      : `the wall times of these are the server's, not the way's: ${overrun.map(tell).join('; ')}.`;
  return `Busiest, as a share of one core: ${busiest.map(tell).join(', ')}; ${verdict}`;
}

function spreadLine(series: readonly Series[]): string {
  const spreads = series
    .filter(({ runs }) => runs.length > 1)
    .map(({ runs }) => spread(runs.map(({ cpuMs }) => cpuMs)));
  if (spreads.length === 0) return 'One round only: take these figures as a hint.';
  const [typical, most] = [median(spreads), Math.max(...spreads)];
  return `Between the rounds, the CPU of a way differed by ${percent(typical)} (median of all rows), at most by ${percent(most)}.`;
}
