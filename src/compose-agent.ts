import { randomUUID } from 'node:crypto';
import { createAnswerAmendments } from '#agent/amend-call.ts';
import type { Approval } from '#agent/approvals/approval.ts';
import { type ApprovalFeed, createApprovalFeed } from '#agent/approvals/approval-feed.ts';
import { type ApprovalService, createApprovalService } from '#agent/approvals/approval-service.ts';
import type { ApprovalStore } from '#agent/approvals/approval-store.ts';
import { createApprovalUpkeep } from '#agent/approvals/approval-upkeep.ts';
import { type AskApproval, createAskApproval } from '#agent/approvals/ask-approval.ts';
import { createApprovalStore } from '#agent/approvals/stored-approvals.ts';
import { createWithdrawApprovals } from '#agent/approvals/withdraw-approvals.ts';
import type { TouchLog } from '#agent/attempt.ts';
import type { Checkpoint } from '#agent/checkpoint.ts';
import type { EffectStore } from '#agent/effects/effect-store.ts';
import { startSnapshotErasing } from '#agent/effects/erase-snapshots.ts';
import { createReconciler, type Reconciler } from '#agent/effects/reconcile.ts';
import { createEffectStore } from '#agent/effects/stored-effects.ts';
import { createUndoService, type UndoService } from '#agent/effects/undo-service.ts';
import { createGuard, type GuardDeps } from '#agent/guard-tool-call.ts';
import type { MandateStore } from '#agent/mandates.ts';
import { createProcesses, type Processes } from '#agent/processes.ts';
import { createReplanCall } from '#agent/replan-call.ts';
import { createRunService, type RunService, type RunServiceDeps } from '#agent/run-service.ts';
import type { StoredMessage } from '#agent/stored-message.ts';
import { createSweep, type Sweep } from '#agent/sweep-runs.ts';
import type { AuditLog } from '#audit/audit-event.ts';
import type { CurrentActors } from '#auth/current-actor.ts';
import type { Mailer } from '#auth/mailer.ts';
import { personActor } from '#auth/person-actor.ts';
import type { Config } from '#config/config.ts';
import type { Database } from '#db/database.ts';
import type { ActorNames } from '#db/repositories/actor-names.ts';
import { type ApprovalRepository, createApprovalRepository } from '#db/repositories/approvals.ts';
import type { ConversationRepository } from '#db/repositories/conversations.ts';
import { createEffectRepository } from '#db/repositories/effects.ts';
import type { OrganizationRepository } from '#db/repositories/organizations.ts';
import { createProcessRepository } from '#db/repositories/processes.ts';
import { createRunRepository } from '#db/repositories/runs.ts';
import { createSnapshotRepository } from '#db/repositories/snapshots.ts';
import type { Catalog } from '#integrations/catalog.ts';
import type { ConnectionStore } from '#integrations/connection.ts';
import type { Logger } from '#log';
import type { PersonaDirectory } from '#personas/persona-directory.ts';
import type { DataKeys } from '#vault/data-keys.ts';
import type { SecretRegistry } from '#vault/secret-registry.ts';

export interface AgentDeps {
  readonly config: Pick<Config, 'snapshotDays'>;
  readonly log: Logger;
  readonly db: Database;
  readonly registry: SecretRegistry;
  readonly audit: AuditLog;
  readonly dataKeys: DataKeys;
  readonly catalog: Catalog;
  readonly connections: ConnectionStore;
  readonly directory: PersonaDirectory;
  readonly actors: CurrentActors;
  readonly names: ActorNames;
  readonly organizations: OrganizationRepository;
  readonly conversations: ConversationRepository<StoredMessage>;
  readonly models: RunServiceDeps['models'];
  readonly toolsFor: RunServiceDeps['toolsFor'];
  readonly mandates: MandateStore;
  readonly touches: TouchLog;
  readonly mailer: Mailer | null;
  readonly publicUrl: () => string;
}

/** What makes runs, and what people decide about them. */
export interface Agent {
  readonly runs: RunService;
  readonly approvals: ApprovalService;
  readonly feed: ApprovalFeed;
  readonly undo: UndoService;
  readonly effects: EffectStore;
  readonly processes: Pick<Processes, 'id' | 'lostAmong'>;
  /** The approval as it is now, for whomever; null where there is none. */
  approvalOf(organizationId: string, id: string): Promise<Approval | null>;
  /** What is to be closed together with the runs, before other processes take this one for gone. */
  closeWith(part: (graceMs: number) => Promise<void>): void;
  /** Begins the work that nobody asks for: after this, other processes see this one. */
  start(): Promise<void>;
  /** What a former process left behind is looked for, and again and again from then on. To be called once the port is ours. */
  startUpkeep(): Promise<void>;
  /** Nothing new is begun; what is under way may end within `graceMs`. */
  close(graceMs: number): Promise<void>;
}

export function composeAgent(deps: AgentDeps): Agent {
  const ground = openGround(deps);
  const { approvals: store, effects, processes, ask, onUnknown } = ground;
  const guardDeps: GuardDeps = {
    ...common(deps, ground),
    connections: deps.connections,
    personas: deps.directory,
    actors: deps.actors,
    approvals: store,
    effects,
    mandates: deps.mandates,
    touches: deps.touches,
    ask,
    snapshotDays: deps.config.snapshotDays,
    onUnknown,
    clock: () => new Date(),
  };
  const runs = createRuns(deps, ground, guardDeps);
  const undo = createUndo(deps, ground);
  const approvals = createApprovals(deps, ground, { runs, undo, guardDeps });
  ground.onRequested = (organizationId) => approvals.noteRequested(organizationId);
  const { reconciler, sweep } = createUpkeep(deps, ground, runs);
  ground.wake = () => reconciler.wake();
  return {
    runs,
    approvals,
    feed: ground.feed,
    undo,
    effects,
    processes,
    approvalOf: (organizationId, id) => store.find(organizationId, id),
    ...life(deps, { processes, sweep, reconciler, ground, runs, approvals }),
  };
}

interface Ground {
  readonly rows: ApprovalRepository;
  readonly approvals: ApprovalStore;
  readonly effects: EffectStore;
  readonly processes: Processes;
  readonly feed: ApprovalFeed;
  readonly ask: AskApproval;
  readonly onUnknown: () => void;
  onRequested: (organizationId: string) => void;
  wake: () => void;
}

function openGround({ db, dataKeys, audit, log }: AgentDeps): Ground {
  const { transaction } = db;
  const rows = createApprovalRepository(db);
  const approvals = createApprovalStore({ rows, dataKeys, transaction });
  const stored = createAskApproval({ store: approvals, audit, transaction });
  const ground: Ground = {
    rows,
    approvals,
    effects: createEffectStore({
      effects: createEffectRepository(db),
      snapshots: createSnapshotRepository(db),
      transaction,
      dataKeys,
    }),
    processes: createProcesses({ rows: createProcessRepository(db), log }),
    feed: createApprovalFeed({ marker: (organizationId) => rows.marker(organizationId), log }),
    async ask(approval, identity) {
      await stored(approval, identity);
      // Inside a transaction of the caller it is not there yet; who asks there tells it afterwards.
      if (!db.inTransaction()) ground.onRequested(approval.organizationId);
    },
    onUnknown: () => ground.wake(),
    onRequested: () => undefined,
    wake: () => undefined,
  };
  return ground;
}

function common({ db, audit, catalog, registry, log }: AgentDeps, { processes }: Ground) {
  const { transaction, durable } = db;
  return { transaction, durable, audit, catalog, scrub: registry.scrub, log, processId: processes.id };
}

function createRuns(deps: AgentDeps, { approvals, ask, processes }: Ground, guardDeps: GuardDeps): RunService {
  const { audit, catalog, conversations, directory, actors, models, toolsFor, registry, db, names, log } = deps;
  return createRunService({
    store: conversations,
    personas: directory,
    actors,
    models,
    toolsFor,
    guard: createGuard(guardDeps),
    effectsIn: async (organizationId) => {
      const tools = await catalog.of(organizationId);
      return (tool) => (tools.findTool(tool)?.effect ?? 'read') !== 'read';
    },
    approvals,
    mandates: guardDeps.mandates,
    ask,
    withdraw: createWithdrawApprovals({ store: approvals, audit }),
    transaction: db.transaction,
    namesOf: (organizationId, ids) => names.namesOf(organizationId, ids),
    processId: processes.id,
    scrub: registry.scrub,
    log,
  });
}

function createUndo(deps: AgentDeps, ground: Ground): UndoService {
  const { db, directory, organizations, names, connections, conversations } = deps;
  return createUndoService({
    ...common(deps, ground),
    store: ground.effects,
    approvals: ground.approvals,
    connections,
    personas: directory,
    names,
    amend: createAnswerAmendments(conversations),
    ask: ground.ask,
    lock: db.lock,
    people: {
      async find(organizationId, id) {
        const member = await organizations.findMember(organizationId, id);
        return member === null ? null : personActor({ id, name: member.name }, member);
      },
    },
    onUnknown: ground.onUnknown,
    onChange: (organizationId) => ground.onRequested(organizationId),
  });
}

interface Deciding {
  readonly runs: RunService;
  readonly undo: UndoService;
  readonly guardDeps: GuardDeps;
}

function createApprovals(deps: AgentDeps, ground: Ground, { runs, undo, guardDeps }: Deciding): ApprovalService {
  const { audit, db, directory, names, organizations, actors, mailer, publicUrl, registry, log } = deps;
  const runRows = createRunRepository(db);
  return createApprovalService({
    rows: ground.rows,
    store: ground.approvals,
    db,
    audit,
    actors,
    members: organizations,
    namesOf: (organizationId, ids) => names.namesOf(organizationId, ids),
    personaName: async (organizationId, id) => (await directory.find(organizationId, id))?.name ?? null,
    replan: createReplanCall({
      ...guardDeps,
      async checkpointOf(organizationId, runId) {
        const run = await runRows.find(organizationId, runId);
        return run?.status === 'waiting' ? (run.checkpoint as Checkpoint | null) : null;
      },
    }),
    newId: randomUUID,
    resume: (organizationId, runId) => runs.resume(organizationId, runId),
    performUndo: (approval) => undo.perform(approval),
    onChange: (organizationId) => ground.feed.changed(organizationId),
    mailer,
    publicUrl,
    scrub: registry.scrub,
    log,
  });
}

function createUpkeep(deps: AgentDeps, ground: Ground, runs: RunService): { reconciler: Reconciler; sweep: Sweep } {
  const { audit, db, catalog, connections, conversations, log } = deps;
  const { approvals, effects, processes } = ground;
  const { transaction } = db;
  return {
    reconciler: createReconciler({
      store: effects,
      audit,
      catalog,
      connections,
      conversations,
      amend: createAnswerAmendments(conversations),
      processes,
      transaction,
      log,
    }),
    sweep: createSweep({
      store: conversations,
      runs: createRunRepository(db),
      approvals,
      effects,
      withdraw: createWithdrawApprovals({ store: approvals, audit }),
      transaction,
      processes,
      service: runs,
      log,
    }),
  };
}

interface Living {
  readonly processes: Processes;
  readonly sweep: Sweep;
  readonly reconciler: Reconciler;
  readonly ground: Ground;
  readonly runs: RunService;
  readonly approvals: ApprovalService;
}

function life(
  { log }: AgentDeps,
  { processes, sweep, reconciler, ground, runs, approvals }: Living,
): Pick<Agent, 'start' | 'startUpkeep' | 'close' | 'closeWith'> {
  const stops: (() => Promise<void>)[] = [];
  const parts: ((graceMs: number) => Promise<void>)[] = [];
  let closing: Promise<void> | null = null;
  const close = async (graceMs: number) => {
    // Streams that never end by themselves would keep the server from closing.
    ground.feed.close();
    await Promise.all(stops.map((stop) => stop()));
    await Promise.all([runs.drain(graceMs), ...parts.map((part) => part(graceMs))]);
    await approvals.settled();
    await processes.stop();
  };
  return {
    closeWith: (part) => void parts.push(part),
    start: () => processes.start(),
    async startUpkeep() {
      await sweep.sweep();
      sweep.start();
      reconciler.start();
      const upkeep = createApprovalUpkeep({ service: approvals, log });
      const erasing = startSnapshotErasing({ store: ground.effects, log });
      stops.push(
        () => upkeep.stop(),
        () => erasing.stop(),
        () => reconciler.stop(),
        () => sweep.stop(),
      );
    },
    close(graceMs) {
      closing ??= close(graceMs);
      return closing;
    },
  };
}
