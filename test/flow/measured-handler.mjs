// A function's bundle in a process of its own, which ends by telling how much memory it took at its peak.
// Called with the bundle's folder, the event as JSON, and how many milliseconds the function has. Deliberately plain
// JavaScript: Node's type stripping takes 28 MB, and Lambda does without.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [folder = '', event = '', limitMs = '300000'] = process.argv.slice(2);

const { handler } = createRequire(import.meta.url)(join(folder, 'index.js'));
const endsAt = Date.now() + Number(limitMs);
const result = await handler(JSON.parse(event), { getRemainingTimeInMillis: () => endsAt - Date.now() });

process.send({ result, peakBytes: (ownPeak() ?? process.resourceUsage().maxRSS) * 1024 });
process.disconnect();

/**
 * In kilobytes, where Linux tells. Deliberately not `maxRSS`, which begins with what the process that started this one
 * had used by then.
 */
function ownPeak() {
  try {
    return Number(/^VmHWM:\s*(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) || undefined;
  } catch {
    return undefined;
  }
}
