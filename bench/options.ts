// The command-line options of the bench.
import { parseArgs } from 'node:util';
import { maxBytes } from './ways/job.ts';

type Size = { name: string; bytes: number };

export type BenchOptions = {
  sizes: readonly Size[];
  rounds: number;
  /** A file so large that only the raw and our way are measured, once. */
  largest: Size | undefined;
  /** Limited to a share of a CPU; zero rounds: skipped. */
  capped: Size & { rounds: number };
  /** Of the source that limits each connection. */
  limit: { bytesPerSecond: number; bytes: number };
  starts: number;
  only: Part | undefined;
  isVerifying: boolean;
  write: string | undefined;
};

const parts = ['transfers', 'receiver'] as const;
type Part = (typeof parts)[number];

export type Parsed =
  | { kind: 'options'; options: BenchOptions }
  | { kind: 'help' }
  | { kind: 'problem'; problem: string };

export const usage = `Measures the archiver's transfer and the receiver's start against other ways of doing the same.

npm run bench -- [options]

  --quick             10 MB and 100 MB, one round: less than a minute, and only a hint
  --sizes <list>      files to transfer (10MB,100MB,1GiB)
  --rounds <number>   each way runs so often; medians are shown (5)
  --capped <number>   rounds of the file that is held to 14 % of a CPU; 0 leaves it out (2)
  --no-largest        leaves out the file of 5 GiB
  --limit <MB/s>      speed per connection of the limited source (20)
  --only <part>       transfers or receiver
  --verify            the sink compares every CRC32: proves the bench right, and costs the sink some time
  --write <file>      puts the tables between <!-- bench:begin --> and <!-- bench:end --> in this file
  --help              this text
`;

const optionTypes = {
  quick: { type: 'boolean', default: false },
  sizes: { type: 'string' },
  rounds: { type: 'string' },
  capped: { type: 'string' },
  'no-largest': { type: 'boolean', default: false },
  limit: { type: 'string', default: '20' },
  only: { type: 'string' },
  verify: { type: 'boolean', default: false },
  write: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

const MB = 1_000_000;

const whole = {
  ...{ sizes: '10MB,100MB,1GiB', largest: '5GiB', rounds: '5' },
  ...{ cappedSize: '1GiB', cappedRounds: '2', limitedBytes: 200 * MB, starts: 21 },
};
const quick = {
  ...{ sizes: '10MB,100MB', largest: undefined, rounds: '1' },
  ...{ cappedSize: '100MB', cappedRounds: '1', limitedBytes: 50 * MB, starts: 5 },
};

export function parseBenchOptions(args: readonly string[]): Parsed {
  try {
    const { values } = parseArgs({ args: [...args], options: optionTypes });
    if (values.help) return { kind: 'help' };
    const extent = values.quick ? quick : whole;
    const options: BenchOptions = {
      sizes: (values.sizes ?? extent.sizes).split(',').map(parseSize),
      rounds: parseCount('--rounds', values.rounds ?? extent.rounds, { max: 101 }),
      largest: extent.largest === undefined || values['no-largest'] ? undefined : parseSize(extent.largest),
      capped: {
        ...parseSize(extent.cappedSize),
        rounds: parseCount('--capped', values.capped ?? extent.cappedRounds, { min: 0, max: 101 }),
      },
      limit: { bytesPerSecond: parseCount('--limit', values.limit, { max: 10_000 }) * MB, bytes: extent.limitedBytes },
      starts: extent.starts,
      only: parsePart(values.only),
      isVerifying: values.verify,
      write: values.write,
    };
    return { kind: 'options', options };
  } catch (error) {
    // Node's message continues with advice for other cases; its first sentence names the option.
    const [named] = (error instanceof Error ? error.message : String(error)).split('. ');
    return { kind: 'problem', problem: `${named}. See npm run bench -- --help.` };
  }
}

const units: Record<string, number> = { MB, GB: 1000 * MB, MiB: 1024 ** 2, GiB: 1024 ** 3 };

/** The minimum size of any part but the last, plus a first part to recognise the type. */
const minBytes = 1 * MB;

function parseSize(text: string): Size {
  const { number, unit = '' } = /^(?<number>\d+)(?<unit>\w+)$/.exec(text.trim())?.groups ?? {};
  const bytes = Number(number) * (units[unit] ?? Number.NaN);
  if (bytes >= minBytes && bytes <= maxBytes) return { name: `${number} ${unit}`, bytes };
  throw new Error(`--sizes ${text}: give sizes such as 10MB,1GiB, from 1 MB to 5 GiB (the most that one PUT takes)`);
}

function parseCount(option: string, text: string, { min = 1, max }: { min?: number; max: number }): number {
  if (/^\d+$/.test(text) && Number(text) >= min && Number(text) <= max) return Number(text);
  throw new Error(`${option} ${text}: give a number from ${min} to ${max}`);
}

function parsePart(text: string | undefined): Part | undefined {
  const part = parts.find((each) => each === text);
  if (part !== undefined || text === undefined) return part;
  throw new Error(`--only ${text}: give one of ${parts.join(', ')}`);
}
