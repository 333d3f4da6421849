// A function's bundle in a process of its own, which ends by telling how much memory it took at its peak.
// Called with the bundle's folder and the event as JSON. Deliberately plain JavaScript: Node's type stripping takes 28 MB,
// and Lambda does without.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [folder = '', event = ''] = process.argv.slice(2);

const { handler } = createRequire(import.meta.url)(join(folder, 'index.js'));
const endsAt = Date.now() + 5 * 60_000;
const result = await handler(JSON.parse(event), { getRemainingTimeInMillis: () => endsAt - Date.now() });

process.send({ result, peakBytes: process.resourceUsage().maxRSS * 1024 });
process.disconnect();
