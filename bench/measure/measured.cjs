// Runs a way's bundle in a process of its own, passes it one event after the other, and reports what that cost. Its
// arguments are the bundle and the events as JSON. Deliberately plain JavaScript: type stripping costs 28 MB, and
// Lambda does without.
const { readFileSync } = require('node:fs');

const [bundle, events] = process.argv.slice(2);

async function main() {
  const { handler } = require(bundle);
  const endsAt = Date.now() + 15 * 60_000;
  const context = { awsRequestId: 'bench', getRemainingTimeInMillis: () => endsAt - Date.now() };
  const invocations = [];
  for (const event of JSON.parse(events)) {
    const before = process.cpuUsage();
    const started = performance.now();
    await handler(event, context);
    const { user, system } = process.cpuUsage(before);
    invocations.push({ cpuMs: (user + system) / 1000, wallMs: performance.now() - started });
  }
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  process.send({ invocations, cpuMs: (userCPUTime + systemCPUTime) / 1000, peakBytes: 1024 * (ownPeak() ?? maxRSS) });
  process.disconnect();
}

/** In kilobytes, on Linux only. Deliberately not `maxRSS`, which starts with the usage of the parent process. */
function ownPeak() {
  try {
    const [, kilobytes] = /^VmHWM:\s*(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes);
  } catch {
    return undefined;
  }
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
