import { medianRatio } from '../statistics.ts';
import { markdownTable, nothing, ratio } from '../table.ts';
import { bare, type StartUp, usual } from './measure-start-up.ts';

export function startUpReport(startUps: readonly StartUp[]): string {
  const usualStack = startUps.find(({ name }) => name === usual);
  const bareNode = startUps.find(({ name }) => name === bare);
  const header = [
    'receiver',
    'whole / bare',
    'whole / usual',
    'CPU / usual',
    'import / usual',
    'first ack / usual',
    'KiB',
  ];
  const rows = startUps.map((one) => {
    const compared = (figure: keyof StartUp['starts'][number], other: StartUp | undefined) =>
      ratio(medianRatio(values(one, figure), other === undefined ? [] : values(other, figure)));
    return [
      one.name,
      compared('wholeMs', bareNode),
      compared('wholeMs', usualStack),
      compared('cpuMs', usualStack),
      compared('importMs', usualStack),
      compared('ackMs', usualStack),
      one.bytes === null ? nothing : (one.bytes / 1024).toFixed(0),
    ];
  });
  const [count] = startUps.map(({ starts }) => starts.length);
  const note =
    `Medians of ${count} fresh processes each, in turn, to the first acknowledgement. ` +
    'Both stacks read the secret before it.';
  return `${markdownTable(header, rows, 1)}\n\n${note}`;
}

const values = ({ starts }: StartUp, figure: keyof StartUp['starts'][number]) =>
  starts.flatMap((start) => start[figure] ?? []);
