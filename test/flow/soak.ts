// `npm run soak`: the lives of nothing-is-lost.test.ts at full size. Exits with 1 if a promise is broken.
import { parseArgs } from 'node:util';
import { live } from './world/life.ts';
import { wrongsOf } from './world/outcome.ts';

const help = `Many tasks at once on a virtual clock, with everything going wrong that can: npm run soak -- [options]

  --tasks <number>   tasks in each life (1000)
  --seeds <number>   lives (3)
  --first <number>   seed of the first one (1); a seed decides all that happens in a life
  --mild             every host serves in the end, at the latest a day before the deadline: all tasks must be archived
  --help             this text

Exit codes: 0 nothing was lost, 1 something was, 2 the options were not understood.`;

const options = {
  tasks: { type: 'string', default: '1000' },
  seeds: { type: 'string', default: '3' },
  first: { type: 'string', default: '1' },
  mild: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** More would only fill the screen. */
const shownWrongs = 20;

async function soak(tasks: number, seed: number, isMild: boolean): Promise<boolean> {
  const begun = process.cpuUsage();
  const life = await live({ seed, tasks, isMild });
  const { user, system } = process.cpuUsage(begun);
  const unstored = life.world.records().filter(({ status }) => isMild && status !== 'archived');
  const wrongs = [...wrongsOf(life), ...unstored.map(({ taskId, status }) => `${taskId} is ${status}`)];
  const { archived, swept, died } = life.world.count;
  const states = Object.groupBy(life.world.records(), ({ status }) => status);
  const said = Object.entries(states).map(([status, records]) => `${records?.length} ${status}`);
  console.log(
    `seed ${seed}: ${tasks} tasks, ${said.join(', ')}; ${archived} invocations, ${swept} sweeps, ${died} processes died, ` +
      `${life.provider.asked()} questions to the provider; ${((user + system) / 1e6).toFixed(1)} s CPU; ${wrongs.length} wrong`,
  );
  for (const wrong of wrongs.slice(0, shownWrongs)) console.log(`  ${wrong}`);
  return wrongs.length === 0;
}

function numbers(): { tasks: number; seeds: number; first: number; isMild: boolean } | null {
  try {
    const { values } = parseArgs({ options });
    const [tasks, seeds, first] = [values.tasks, values.seeds, values.first].map(Number);
    const isSound = [tasks, seeds, first].every((value) => Number.isInteger(value) && Number(value) > 0);
    if (values.help || !isSound) return null;
    return { tasks: Number(tasks), seeds: Number(seeds), first: Number(first), isMild: values.mild };
  } catch {
    return null;
  }
}

const asked = numbers();
if (asked === null) {
  console.log(help);
  process.exitCode = process.argv.includes('--help') ? 0 : 2;
} else {
  for (let seed = asked.first; seed < asked.first + asked.seeds; seed++) {
    if (!(await soak(asked.tasks, seed, asked.isMild))) process.exitCode = 1;
  }
}
