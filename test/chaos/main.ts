import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type CrashWorld, openCrashWorld } from '#test/support/crash-world.ts';
import type { FailpointService } from '#test/support/failpoint-process.ts';
import { allApprovals, breachesOf, chainProblem, findingsOf, type Story } from '#test/support/settled.ts';
import { createFleet } from './fleet.ts';
import { type KillKind, killOnce, slowDown } from './killer.ts';
import { act, type Plan } from './people.ts';
import { createRandom } from './random.ts';
import { leftOpen, type Tally, tallyOf } from './tally.ts';

/*
 * People have records deleted, approve, deny, change, stop and take back, all at once, while the processes of the service
 * are killed at random. At the end, once everything has settled, what must hold is checked against what came to Ninox.
 * `npm run chaos -- --seed 7 --kills 60 --people 6`
 */

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    kills: { type: 'string', default: '60' },
    people: { type: 'string', default: '6' },
  },
});
const [seed, kills, people] = [values.seed, values.kills, values.people].map(Number) as [number, number, number];

/** Before the last start, so that what is looked at again after minutes is due. */
const laterMs = 180_000;
const settleWithinMs = 60_000;

async function main(): Promise<number> {
  console.log(`seed ${seed}: ${kills} kills, ${people} people`);
  const startedAt = Date.now();
  await using world = await openCrashWorld(4_000);
  const { stories, starts, killed, begun } = await storm(world);
  world.letTimePass(laterMs);
  const service = await world.start();
  const breaches = await settle(world, { service, stories });
  const tally = tallyOf(world.directory);
  breaches.push(...leftOpen(tally));
  const broken = await chainProblem(service);
  if (broken !== null) breaches.push(broken);
  summarize({ stories, starts, killed, begun, tally, world });
  console.log(`${Math.round((Date.now() - startedAt) / 1000)} s, ${breaches.length} broken`);
  for (const breach of breaches) console.log(`  BROKEN: ${breach}`);
  if (breaches.length > 0) console.log(`The same again: npm run chaos -- --seed ${seed}`);
  return breaches.length === 0 ? 0 : 1;
}

interface Storm {
  readonly stories: readonly Story[];
  readonly starts: number;
  readonly killed: ReadonlyMap<KillKind, number>;
  readonly begun: ReadonlyMap<Plan, number>;
}

async function storm(world: CrashWorld): Promise<Storm> {
  const fleet = createFleet(world, createRandom(seed + 1));
  const stories: Story[] = [];
  const begun = new Map<Plan, number>();
  const killed = new Map<KillKind, number>();
  let isOver = false;
  const calm = slowDown({ world, random: createRandom(seed + 2) });
  fleet.keep(1);
  await fleet.any();
  const working = Array.from({ length: people }, (_, at) =>
    act({ world, fleet, random: createRandom(seed + 10 + at), stories, begun, isOver: () => isOver }),
  );
  const failed = Promise.all(working).then(() => undefined);
  const random = createRandom(seed);
  const late = new Set<Promise<void>>();
  for (let count = 0; count < kills; count += 1) {
    const kind = await Promise.race([killOnce({ world, fleet, random, late }), failed.then(() => null)]);
    if (kind !== null) killed.set(kind, (killed.get(kind) ?? 0) + 1);
    if (process.stdout.isTTY) process.stdout.write(`\r${count + 1} kills, ${stories.length} conversations `);
  }
  calm();
  // What was begun gets a moment, and then the last ones die too.
  await fleet.any();
  await pause(1_000);
  isOver = true;
  await failed;
  fleet.keep(0);
  await fleet.killAll();
  await Promise.all(late);
  if (process.stdout.isTTY) process.stdout.write('\n');
  return { stories, starts: fleet.starts, killed, begun };
}

interface Settling {
  readonly service: FailpointService;
  readonly stories: readonly Story[];
}

/** Everything may need a while; what has not come right by then is broken. */
async function settle(world: CrashWorld, { service, stories }: Settling): Promise<string[]> {
  const deadline = Date.now() + settleWithinMs;
  let open = stories;
  for (;;) {
    const known = await allApprovals(service);
    const broken: { story: Story; breaches: readonly string[] }[] = [];
    for (const story of open) {
      const breaches = breachesOf(story, await findingsOf(service, story, known), world.ninox);
      if (breaches.length > 0) broken.push({ story, breaches });
    }
    if (broken.length === 0 || Date.now() > deadline) {
      return broken.flatMap(({ story, breaches }) =>
        breaches.map((breach) => `${story.conversationId} (${story.text}): ${breach}`),
      );
    }
    open = broken.map(({ story }) => story);
    await pause(500);
  }
}

function summarize(facts: Storm & { readonly tally: Tally; readonly world: CrashWorld }): void {
  const { stories, starts, killed, begun, tally, world } = facts;
  const requests = (method: string) => world.ninox.changes.filter((change) => change.method === method).length;
  const rows: [string, string][] = [
    ['kills', listed([...killed])],
    ['starts', String(starts)],
    ['conversations', `${stories.length}: ${listed([...begun])}`],
    ['accepted messages', String(stories.filter(({ accepted }) => accepted).length)],
    ['acknowledged decisions', String(stories.reduce((sum, { decided }) => sum + decided.size, 0))],
    ['runs', listed(tally.runs)],
    ['approvals', listed(tally.approvals)],
    ['effects', listed(tally.effects)],
    ['deletions sent', String(requests('DELETE'))],
    ['restorations sent', String(requests('POST'))],
  ];
  for (const [name, value] of rows) console.log(`${name.padEnd(24)}${value}`);
}

function listed(counts: readonly (readonly [string, number])[]): string {
  return counts.map(([name, count]) => `${count} ${name}`).join(', ');
}

process.exit(await main());
