import type { AuditLog } from '#audit/audit-event.ts';
import type { Logger } from '#log';
import type { Effect } from './effect.ts';
import { effectEvent } from './effect-event.ts';
import type { EffectStore } from './effect-store.ts';
import { begunAt, type Finding, type LookUpDeps, lookUpOutcome } from './look-up-outcome.ts';
import { type TellingDeps, tellConversation } from './tell-conversation.ts';

export interface ReconcilerDeps extends Omit<LookUpDeps, 'store'>, Omit<TellingDeps, 'store' | 'clock'> {
  readonly store: EffectStore;
  readonly audit: Pick<AuditLog, 'append'>;
  /** The ids of the processes that are at work. */
  readonly processes: { alive(): Promise<readonly string[]> };
  readonly transaction: <T>(work: () => Promise<T>) => Promise<T>;
  readonly log: Logger;
  readonly clock?: () => Date;
  /** Calls `look` again and again until it is stopped. */
  readonly repeat?: (look: () => void) => { stop(): void };
}

/** Finds out what became of calls and undos whose end nobody knows. Never sends a change. */
export interface Reconciler {
  /** Everything that is to be done now. Never throws: what goes wrong is logged and tried again. */
  pass(): Promise<void>;
  /** A pass soon, e.g. because an outcome has become unknown. */
  wake(): void;
  /** A pass now, and again as long as anything is left. */
  start(): void;
  /** Resolves once a pass under way has ended. */
  stop(): Promise<void>;
}

/** Waits between two looks at the same effect; the last one counts for all that follow. */
const waitsMs = [5_000, 15_000, 30_000, 60_000, 300_000] as const;
/** A request that is still on its way arrives within this time, or never. */
const lateMs = 90_000;
const giveUpMs = 24 * 3_600_000;
const lookEveryMs = 5_000;
/** Looked into even where nothing seems to be left, every so many times. */
const wholeEvery = 12;
const atMostAtOnce = 20;

export function createReconciler(deps: ReconcilerDeps): Reconciler {
  const parts: Parts = { ...deps, clock: deps.clock ?? (() => new Date()) };
  let underWay: Promise<void> | null = null;
  const repeat = deps.repeat ?? everyFiveSeconds;
  let repeating: { stop(): void } | null = null;
  let looks = 0;

  const pass = (): Promise<void> => {
    underWay ??= passOnce(parts).finally(() => {
      underWay = null;
    });
    return underWay;
  };
  const look = async (): Promise<void> => {
    looks += 1;
    try {
      if (looks % wholeEvery === 0 || (await deps.store.isAnyUnsettled())) await pass();
    } catch (error) {
      deps.log.warn({ err: error }, 'could not look for calls whose outcome is unknown; looking again');
    }
  };
  return {
    pass,
    wake: () => void pass(),
    start() {
      if (repeating !== null) return;
      repeating = repeat(() => void look());
      void pass();
    },
    async stop() {
      repeating?.stop();
      repeating = null;
      await underWay;
    },
  };
}

function everyFiveSeconds(look: () => void): { stop(): void } {
  const timer = setInterval(look, lookEveryMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

type Parts = ReconcilerDeps & Required<Pick<ReconcilerDeps, 'clock'>>;

async function passOnce(parts: Parts): Promise<void> {
  const { store, log } = parts;
  await attempt(log, 'calls of lost processes could not be looked for', async () => {
    for (const effect of await listLost(parts)) await attempt(log, failed(effect), () => markUnknown(parts, effect));
  });
  await attempt(log, 'unknown outcomes could not be looked for', () => lookUpDue(parts));
  await attempt(log, 'ends of calls could not be told', async () => {
    for (const effect of await store.listUntold(atMostAtOnce)) {
      await attempt(log, failed(effect), () => tellConversation(parts, effect));
    }
  });
}

/** What is open is read before the processes are: one that begins meanwhile is not among them, nor is what it sends. */
async function listLost({ store, processes }: Parts): Promise<readonly Effect[]> {
  const open = new Set((await store.listLost([])).map(({ id }) => id));
  return (await store.listLost(await processes.alive())).filter(({ id }) => open.has(id));
}

function failed({ id, kind }: Effect): string {
  return `what became of ${kind} ${id} could not be settled; trying again`;
}

async function attempt(log: Logger, message: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    log.error({ err: error }, message);
  }
}

const lostWords =
  'The service ended while this was under way, so nobody knows whether it had its effect. It is being looked up.';

async function markUnknown({ store, audit, transaction, clock }: Parts, effect: Effect): Promise<void> {
  const { organizationId, id, kind } = effect;
  const action = kind === 'call' ? 'tool.outcome_unknown' : 'undo.outcome_unknown';
  const code = 'PROCESS_LOST';
  await transaction(async () => {
    const end = { organizationId, id, state: 'outcome_unknown', happened: null, code, nextTryAt: clock() } as const;
    if (!(await store.end(end))) return;
    await audit.append(effectEvent(effect, { action, code, body: { error: lostWords } }));
  });
}

/** One after the other: each is claimed for a minute only. */
async function lookUpDue(parts: Parts): Promise<void> {
  for (let looked = 0; looked < atMostAtOnce; looked += 1) {
    const [effect] = await parts.store.claimUnknown(parts.clock(), 1);
    if (effect === undefined) return;
    await attempt(parts.log, failed(effect), () => settle(parts, effect));
  }
}

async function settle(parts: Parts, effect: Effect): Promise<void> {
  const finding = await find(parts, effect);
  const age = parts.clock().getTime() - begunAt(effect).getTime();
  switch (finding.type) {
    case 'happened':
      return finish(parts, effect, finding);
    case 'not_happened':
      // A slow request may still arrive after this look.
      return age < lateMs ? lookAgain(parts, effect) : finish(parts, effect, finding);
    case 'never':
      return giveUp(parts, effect, finding.why);
    default:
      parts.log.warn({ effectId: effect.id, why: finding.why }, 'the outcome of a call cannot be looked up yet');
      return age < giveUpMs ? lookAgain(parts, effect) : giveUp(parts, effect, finding.why);
  }
}

async function find(parts: Parts, effect: Effect): Promise<Finding> {
  try {
    return await lookUpOutcome(parts, effect);
  } catch (error) {
    return { type: 'not_yet', why: error instanceof Error ? error.message : String(error) };
  }
}

async function lookAgain({ store, clock }: Parts, { organizationId, id, tries }: Effect): Promise<void> {
  const wait = waitsMs[Math.min(Math.max(tries, 1), waitsMs.length) - 1] ?? lookEveryMs;
  await store.tryAgain(organizationId, id, new Date(clock().getTime() + wait));
}

async function giveUp({ store, log }: Parts, { organizationId, id }: Effect, why: string): Promise<void> {
  log.error({ organizationId, effectId: id, why }, 'the outcome of a call stays unknown: it could not be found out');
  await store.tryAgain(organizationId, id, null);
}

type Known = Extract<Finding, { type: 'happened' | 'not_happened' }>;

async function finish(parts: Parts, effect: Effect, finding: Known): Promise<void> {
  const { store, audit, transaction, log } = parts;
  const { organizationId, id, kind } = effect;
  const now = parts.clock();
  const happened = finding.type === 'happened';
  const restored = finding.type === 'happened' ? finding.restored : null;
  const code = happened ? null : 'NOT_HAPPENED';
  const response = { happened, ...(restored === null ? {} : { restored }) };
  const isFirst = await transaction(async () => {
    if (!(await store.end({ organizationId, id, state: 'reconciled', happened, code, nextTryAt: now }))) return false;
    if (kind === 'undo') await store.settleSnapshot(organizationId, id, happened);
    const durationMs = now.getTime() - effect.intendedAt.getTime();
    const action = kind === 'call' ? 'tool.reconciled' : 'undo.reconciled';
    await audit.append(effectEvent(effect, { action, code, durationMs, body: { response } }));
    return true;
  });
  if (isFirst) log.info({ effectId: id, kind, happened }, 'found out what became of a call');
}
