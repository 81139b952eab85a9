import { benchAudit } from './audit-bench.ts';
import { BENCH_KEY } from './bench-data.ts';
import { type LoadResult, quantile, runLoad } from './load.ts';
import { type BenchServers, type MeasuredProcess, startMeasured } from './process-protocol.ts';
import { benchSlack } from './slack-bench.ts';

/*
 * Side by side, in one run: the bare app and the service, against the same servers, taking turns round by round so that
 * both see the same machine. Absolute figures belong to the machine; what is told are ratios.
 */

const levels = [1, 16, 64, 256];
const turnsAt = (concurrency: number) => (concurrency === 1 ? 150 : 600);
const rounds = 3;

interface Measured {
  readonly turnsPerSecond: number;
  readonly cpuMsPerTurn: number;
  readonly firstTextP50: number;
  readonly firstTextP99: number;
}

async function main(): Promise<void> {
  const helper = await startMeasured('./servers-process.ts', {});
  const servers: BenchServers = { ...JSON.parse(helper.url), ninoxKey: BENCH_KEY };
  const environment = { BENCH_SERVERS: JSON.stringify(servers) };
  const bare = await startMeasured('./bare-app.ts', environment);
  const service = await startMeasured('./service-process.ts', environment);
  try {
    for (const side of [bare, service]) await runLoad(side.url, { concurrency: 16, turns: 200 });
    console.log(
      'turn = 2 model calls, 2 tool calls, 40 text deltas; bare = Express 5 + streamText, no guard, audit or storage\n',
    );
    console.log('chats   turns/s bare   service   ratio | CPU ms/turn bare  service | first text added p50    p99');
    for (const concurrency of levels) await compare({ bare, service, concurrency });
    const [bareUse, serviceUse] = [await bare.usage(), await service.usage()];
    console.log(
      `\nmemory after all that: bare ${megabytes(bareUse.rssBytes)}, service ${megabytes(serviceUse.rssBytes)}`,
    );
    console.log(`start: bare ${Math.round(bare.startMs)} ms, service ${Math.round(service.startMs)} ms`);
  } finally {
    await Promise.all([bare.stop(), service.stop(), helper.stop()]);
  }
  if (!process.argv.includes('--no-slack')) await benchSlack();
  if (!process.argv.includes('--no-audit')) await benchAudit();
}

interface Pair {
  readonly bare: MeasuredProcess;
  readonly service: MeasuredProcess;
  readonly concurrency: number;
}

async function compare({ bare, service, concurrency }: Pair): Promise<void> {
  const results: { bare: Measured[]; service: Measured[] } = { bare: [], service: [] };
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? (['bare', 'service'] as const) : (['service', 'bare'] as const);
    for (const name of order) results[name].push(await measure(name === 'bare' ? bare : service, concurrency));
  }
  const [b, s] = [middle(results.bare), middle(results.service)];
  const cells = [
    String(concurrency).padStart(5),
    b.turnsPerSecond.toFixed(0).padStart(14),
    s.turnsPerSecond.toFixed(0).padStart(9),
    `${(s.turnsPerSecond / b.turnsPerSecond).toFixed(2)}x`.padStart(7),
    ` | ${b.cpuMsPerTurn.toFixed(1).padStart(15)}`,
    s.cpuMsPerTurn.toFixed(1).padStart(8),
    ` | ${signed(s.firstTextP50 - b.firstTextP50).padStart(17)}`,
    signed(s.firstTextP99 - b.firstTextP99).padStart(8),
  ];
  console.log(cells.join(''));
}

async function measure(side: MeasuredProcess, concurrency: number): Promise<Measured> {
  const before = await side.usage();
  const load: LoadResult = await runLoad(side.url, { concurrency, turns: turnsAt(concurrency) });
  const after = await side.usage();
  return {
    turnsPerSecond: load.turns / load.seconds,
    cpuMsPerTurn: (after.cpuMs - before.cpuMs) / load.turns,
    firstTextP50: quantile(load.firstTextMs, 0.5),
    firstTextP99: quantile(load.firstTextMs, 0.99),
  };
}

/** The round with the middle rate: neither a hiccup nor a lucky moment. */
function middle(measured: readonly Measured[]): Measured {
  const sorted = [...measured].sort((a, b) => a.turnsPerSecond - b.turnsPerSecond);
  const chosen = sorted[Math.floor(sorted.length / 2)];
  if (chosen === undefined) throw new Error('nothing was measured');
  return chosen;
}

function signed(ms: number): string {
  return `${ms >= 0 ? '+' : ''}${ms.toFixed(1)} ms`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MB`;
}

await main();
process.exit(0);
