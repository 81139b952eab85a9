import { setTimeout as pause } from 'node:timers/promises';
import type { CrashWorld } from '#test/support/crash-world.ts';
import { letThrough } from '#test/support/watched-ninox.ts';
import type { Fleet } from './fleet.ts';
import type { Random } from './random.ts';

const kinds = ['any commit', 'a chosen commit', 'request to Ninox', 'late request to Ninox', 'any moment'] as const;
export type KillKind = (typeof kinds)[number];

/** Writes around which a crash hurts most. */
const chosenWrites = [
  'insert into "approvals"',
  'update "approvals"',
  'insert into "effects"',
  'update "effects"',
  'update "runs"',
  'insert into "messages"',
  'insert into "audit_events"',
  'update "snapshots"',
] as const;

export interface KillerDeps {
  readonly world: CrashWorld;
  readonly fleet: Fleet;
  readonly random: Random;
  /** Requests that are still to have their effect. */
  readonly late: Set<Promise<void>>;
}

const patienceMs = 4_000;

/** Kills one or all of the processes, in a way that is left to chance. */
export async function killOnce(deps: KillerDeps): Promise<KillKind> {
  const { random, fleet } = deps;
  fleet.keep(random.isTrue(0.6) ? 2 : 1);
  const kind = random.pick(kinds);
  // So that people get somewhere meanwhile.
  await fleet.any();
  await pause(random.whole(200, 1_800));
  if (kind === 'any moment') await killNow(deps);
  else if (kind === 'any commit' || kind === 'a chosen commit') await killAtCommit(deps, kind);
  else await killAtRequest(deps, kind === 'late request to Ninox');
  return kind;
}

async function killNow({ fleet, random }: KillerDeps): Promise<void> {
  if (random.isTrue(0.3)) return fleet.killAll();
  await (await fleet.any()).kill();
}

async function killAtCommit({ fleet, random }: KillerDeps, kind: KillKind): Promise<void> {
  const isAny = kind === 'any commit';
  const pattern = isAny ? '' : random.pick(chosenWrites);
  const nth = random.whole(1, isAny ? 30 : 3);
  const when = random.pick(['before', 'after'] as const);
  const victim = await fleet.any();
  await Promise.race([victim.arm({ pattern, nth, when }).then(() => victim.gone), pause(patienceMs)]);
  await victim.kill();
}

/** All die with the next change that is asked of Ninox; `isLate`: it has its effect only afterwards. */
async function killAtRequest(deps: KillerDeps, isLate: boolean): Promise<void> {
  const { world, fleet, random, late } = deps;
  const struck = Promise.withResolvers<void>();
  const isDoneBefore = random.isTrue(0.5);
  const delayMs = random.whole(500, 8_000);
  const { ninox } = world;
  const usual = ninox.intercept;
  ninox.intercept = async (request, forward) => {
    if (request.method === 'GET') return usual(request, forward);
    ninox.intercept = usual;
    if (!isLate && isDoneBefore) await forward();
    await fleet.killAll();
    struck.resolve();
    if (isLate) {
      const arriving = pause(delayMs).then(forward);
      late.add(arriving);
      await arriving;
      late.delete(arriving);
    }
    return false;
  };
  await Promise.race([struck.promise, pause(patienceMs)]);
  ninox.intercept = usual;
  await killNow(deps);
}

/** Ninox takes its time, so that there is something to interrupt. */
export function slowDown({ world, random }: Pick<KillerDeps, 'world' | 'random'>): () => void {
  world.ninox.intercept = async () => {
    await pause(random.whole(0, 40));
    return true;
  };
  return () => {
    world.ninox.intercept = letThrough;
  };
}
