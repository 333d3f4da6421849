// Runs a function's bundle in a process of its own, which reports its peak of memory at the end. Arguments: the
// bundle's folder, the event as JSON, and the time limit in milliseconds. Deliberately plain JavaScript: Node's type
// stripping takes 28 MB, and Lambda does without.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [folder = '', event = '', limitMs = '300000'] = process.argv.slice(2);

const { handler } = createRequire(import.meta.url)(join(folder, 'index.js'));
const endsAt = Date.now() + Number(limitMs);
const result = await handler(JSON.parse(event), { getRemainingTimeInMillis: () => endsAt - Date.now() });

process.send({ result, peakBytes: (ownPeak() ?? process.resourceUsage().maxRSS) * 1024 });
process.disconnect();

/** In kilobytes, on Linux only. Deliberately not `maxRSS`, which starts with the usage of the parent process. */
function ownPeak() {
  try {
    return Number(/^VmHWM:\s*(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) || undefined;
  } catch {
    return undefined;
  }
}
