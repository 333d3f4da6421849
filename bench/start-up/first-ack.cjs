// Runs a receiver's bundle in a fresh process up to its first acknowledgement. Its arguments are the bundle and an
// event as JSON. Deliberately plain JavaScript without dependencies: every module that it loaded would be measured,
// too.
const [bundle, event] = process.argv.slice(2);

async function main() {
  const started = performance.now();
  const { handler } = require(bundle);
  const imported = performance.now();
  const context = { awsRequestId: 'bench', functionName: 'receiver', getRemainingTimeInMillis: () => 11_000 };
  const { statusCode } = await handler(JSON.parse(event), context);
  const acknowledged = performance.now();
  const { user, system } = process.cpuUsage();
  const figures = { importMs: imported - started, ackMs: acknowledged - imported, cpuMs: (user + system) / 1000 };
  console.log(JSON.stringify({ statusCode, ...figures }));
  process.exit(0);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
