import type { EffectRecord, EffectRepository, SnapshotRecord } from '#db/repositories/effects.ts';
import type { SnapshotRepository } from '#db/repositories/snapshots.ts';
import { type DataKeys, DataUnreadable } from '#vault/data-keys.ts';
import { SecretUnavailable } from '#vault/vault.ts';
import { type Effect, type EffectEvent, nextEffectState, type Snapshot, statesBefore } from './effect.ts';
import type { EffectCounts, EffectEnd, EffectQuestion, EffectStore, SealedEffect } from './effect-store.ts';

export interface StoredEffectsDeps {
  readonly effects: EffectRepository;
  readonly snapshots: SnapshotRepository;
  /** Runs the ends of a call and of its snapshot together. */
  readonly transaction: <T>(work: () => Promise<T>) => Promise<T>;
  readonly dataKeys: DataKeys;
  readonly clock?: () => Date;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** No other process gets a claimed one for so long; looking up takes half of it at most. */
const claimMs = 60_000;
/** Longer than any call takes, waiting for its turn included. */
const longestOpenMs = hourMs / 4;
/** Answers of interrupted runs are looked through for so long. */
const toldWithinMs = 2 * dayMs;
/** An undo that has a snapshot in hand is settled within a day. */
const heldUpMs = 2 * dayMs;

/** Arguments and snapshots lie in the database encrypted, each bound to its own call. */
export function createEffectStore(deps: StoredEffectsDeps): EffectStore {
  const clock = deps.clock ?? (() => new Date());
  const cipher = createEffectCipher(deps.dataKeys);
  const timed = { ...deps, clock };
  return {
    ...intents(timed, cipher),
    ...ends(timed),
    ...reading(timed, cipher),
    ...upkeep(timed, cipher),
    ...snapshotUse(timed, cipher),
  };
}

type Deps = StoredEffectsDeps & { readonly clock: () => Date };

function intents({ effects, clock }: Deps, cipher: EffectCipher): Pick<EffectStore, 'seal' | 'insert'> {
  return {
    async seal(effect, snapshot) {
      const hasSnapshot = snapshot !== null && snapshot !== undefined;
      const [args, content] = await Promise.all([
        cipher.seal(effect.organizationId, argumentsOf(effect.id), effect.arguments),
        hasSnapshot ? cipher.seal(effect.organizationId, snapshotOf(effect.id), snapshot) : null,
      ]);
      return { effect, arguments: args, snapshot: content };
    },
    insert: (sealed, expiresAt) => effects.insert(newRecord(sealed, clock()), newSnapshot(sealed, expiresAt, clock())),
  };
}

const eventOfEnd = {
  succeeded: 'succeed',
  failed: 'fail',
  outcome_unknown: 'lose',
  reconciled: 'reconcile',
} as const satisfies Record<EffectEnd['state'], EffectEvent>;

function ends({ effects, snapshots, transaction, clock }: Deps): Pick<EffectStore, 'markSent' | 'end'> {
  return {
    markSent: (organizationId, id) =>
      effects.move({ organizationId, id }, statesBefore('send'), { state: stateAfter('send'), sentAt: clock() }),
    end: ({ organizationId, id, state, ...end }) =>
      transaction(async () => {
        const event = eventOfEnd[state];
        const at = event === 'reconcile' ? { reconciledAt: clock() } : { endedAt: clock(), tries: 0 };
        const values = { state: stateAfter(event), ...end, ...at };
        if (!(await effects.move({ organizationId, id }, statesBefore(event), values))) return false;
        if (end.happened === false) await snapshots.erase(organizationId, id);
        return true;
      }),
  };
}

function stateAfter(event: EffectEvent) {
  const [before] = statesBefore(event);
  const after = before === undefined ? null : nextEffectState(before, event);
  if (after === null) throw new Error(`Nothing can ${event}.`);
  return after;
}

type Reading = 'lockCounts' | 'counts' | 'find' | 'undoOf';

function reading({ effects }: Deps, cipher: EffectCipher): Pick<EffectStore, Reading> {
  return {
    lockCounts: (question) => effects.lockCounts(question),
    async counts(question: EffectQuestion, now: Date): Promise<EffectCounts> {
      const since = (milliseconds: number) => effects.sum(question, { since: new Date(now.getTime() - milliseconds) });
      return { run: await effects.sum(question, question), hour: await since(hourMs), day: await since(dayMs) };
    },
    async find(organizationId, id) {
      const record = await effects.find({ organizationId, id });
      return record === null ? null : cipher.openEffect(record);
    },
    async undoOf(organizationId, callId) {
      const record = await effects.findUndo(organizationId, callId);
      return record === null ? null : cipher.openEffect(record);
    },
  };
}

type Upkeep = 'listLost' | 'claimUnknown' | 'tryAgain' | 'isAnyUnsettled' | 'listUntold' | 'markTold';

function upkeep({ effects, clock }: Deps, cipher: EffectCipher): Pick<EffectStore, Upkeep> {
  const openAll = (records: readonly EffectRecord[]) => Promise.all(records.map((record) => cipher.openEffect(record)));
  return {
    listLost: async (alive) => openAll(await effects.listLost(alive, new Date(clock().getTime() - longestOpenMs))),
    async claimUnknown(now, limit) {
      const claimed: EffectRecord[] = [];
      for (const due of await effects.listDue(now, limit)) {
        const own = await effects.claim(due, new Date(now.getTime() + claimMs));
        if (own !== null) claimed.push(own);
      }
      return openAll(claimed);
    },
    tryAgain: (organizationId, id, at) => effects.setNextTry({ organizationId, id }, at),
    isAnyUnsettled: () => effects.isAnyUnsettled(),
    async listUntold(limit) {
      const now = clock();
      return openAll(await effects.listUntold(now, new Date(now.getTime() - toldWithinMs), limit));
    },
    markTold: (organizationId, id) => effects.markTold({ organizationId, id }, clock()),
  };
}

type SnapshotUse = 'snapshot' | 'sealSnapshot' | 'replaceSnapshot' | 'takeSnapshot' | 'settleSnapshot' | 'eraseExpired';

function snapshotUse({ snapshots, clock }: Deps, cipher: EffectCipher): Pick<EffectStore, SnapshotUse> {
  return {
    async snapshot(organizationId, callId) {
      const record = await snapshots.find(organizationId, callId);
      return record === null ? null : cipher.openSnapshot(record);
    },
    sealSnapshot: (organizationId, callId, content) => cipher.seal(organizationId, snapshotOf(callId), content),
    replaceSnapshot: (organizationId, callId, sealed) => snapshots.replace(organizationId, callId, sealed),
    takeSnapshot: (organizationId, callId, undoId) => snapshots.take(organizationId, callId, { undoId, now: clock() }),
    settleSnapshot: (organizationId, undoId, restored) => snapshots.settle(organizationId, undoId, restored),
    eraseExpired: (now) => snapshots.eraseExpired(now, new Date(now.getTime() - heldUpMs)),
  };
}

type EffectCipher = ReturnType<typeof createEffectCipher>;

function createEffectCipher(dataKeys: DataKeys) {
  const place = (organizationId: string, context: string) =>
    ({ organizationId, purpose: 'snapshots', context }) as const;

  /** Undefined for what cannot be read any more: one row must not hold up the others. */
  async function open(organizationId: string, context: string, text: string): Promise<unknown> {
    try {
      return JSON.parse(await dataKeys.decrypt(place(organizationId, context), text));
    } catch (error) {
      if (error instanceof DataUnreadable || error instanceof SecretUnavailable) return undefined;
      throw error;
    }
  }

  return {
    seal: (organizationId: string, context: string, content: unknown) =>
      dataKeys.encrypt(place(organizationId, context), JSON.stringify(content) ?? 'null'),
    async openEffect({ nextTryAt: _due, toldAt: _told, actorKind, ...record }: EffectRecord): Promise<Effect> {
      return {
        ...record,
        // Nothing else is ever written there.
        actorKind: actorKind as Effect['actorKind'],
        arguments: await open(record.organizationId, argumentsOf(record.id), record.arguments),
      };
    },
    async openSnapshot({ body, createdAt: _made, ...record }: SnapshotRecord): Promise<Snapshot> {
      const { organizationId, callId } = record;
      return { ...record, content: body === null ? undefined : await open(organizationId, snapshotOf(callId), body) };
    },
  };
}

function argumentsOf(id: string): string {
  return `arguments ${id}`;
}

function snapshotOf(callId: string): string {
  return `snapshot ${callId}`;
}

function newRecord({ effect, arguments: args }: SealedEffect, intendedAt: Date): EffectRecord {
  return {
    ...effect,
    arguments: args,
    state: 'intended',
    happened: null,
    code: null,
    intendedAt,
    sentAt: null,
    endedAt: null,
    reconciledAt: null,
    tries: 0,
    nextTryAt: null,
    toldAt: null,
  };
}

function newSnapshot({ effect, snapshot }: SealedEffect, expiresAt: Date, createdAt: Date): SnapshotRecord | null {
  if (snapshot === null) return null;
  const { id: callId, organizationId } = effect;
  return { callId, organizationId, state: 'held', undoId: null, body: snapshot, expiresAt, createdAt };
}
