import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LanguageModelV4, LanguageModelV4Prompt, LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { createAnswerAmendments } from '#agent/amend-call.ts';
import type { Approval, Question } from '#agent/approvals/approval.ts';
import { createAskApproval } from '#agent/approvals/ask-approval.ts';
import { createApprovalStore } from '#agent/approvals/stored-approvals.ts';
import { createWithdrawApprovals } from '#agent/approvals/withdraw-approvals.ts';
import type { Effect } from '#agent/effects/effect.ts';
import type { CallRequest, CallVerdict, GuardedRun, GuardToolCall } from '#agent/guarded-call.ts';
import type { LiveRun } from '#agent/live-run.ts';
import { createProcesses, type ProcessFacts } from '#agent/processes.ts';
import { createRunService, type RunServiceDeps } from '#agent/run-service.ts';
import type { StoredMessage } from '#agent/stored-message.ts';
import { createSweep } from '#agent/sweep-runs.ts';
import { createAuditLog } from '#audit/audit-log.ts';
import type { Actor } from '#auth/actor.ts';
import { openDatabase } from '#db/open-database.ts';
import { createApprovalRepository } from '#db/repositories/approvals.ts';
import { createAuditRepository } from '#db/repositories/audit.ts';
import { createConversationRepository } from '#db/repositories/conversations.ts';
import { createProcessRepository } from '#db/repositories/processes.ts';
import { createRunRepository } from '#db/repositories/runs.ts';
import { AppError } from '#errors';
import { createLogger } from '#log';
import { parsePersonaFile } from '#personas/parse-persona-file.ts';
import type { Persona } from '#personas/persona-schema.ts';
import { callQuestion, newApproval } from './approvals.ts';
import { plainDataKeys } from './plain-data-keys.ts';

export const ann: Actor = {
  kind: 'user',
  id: 'ann',
  name: 'Ann',
  organizationId: 'org',
  role: 'member',
  keyScopes: null,
  apiKey: null,
};

export interface ScriptedCall {
  readonly tool: string;
  readonly input: object;
  /** The model's own id. */
  readonly id?: string;
}

/** What the model does in one step; `held` keeps its text open until it resolves. */
export interface ScriptedStep {
  readonly text?: string;
  readonly calls?: readonly ScriptedCall[];
  readonly held?: Promise<unknown>;
}

export interface RunWorldOptions {
  /** Further lines of the persona's front matter. */
  readonly persona?: readonly string[];
  /** `step` counts from 1 in each answer. */
  readonly decide: (step: number, prompt: LanguageModelV4Prompt) => ScriptedStep | Promise<ScriptedStep>;
}

/**
 * Runs over a real SQLite file with real approvals, a scripted model and a scripted guard: `look` is answered, `remove`
 * asks a person first, `mayRemove` asks for a budget of effects and then does it. What was done is in `done`.
 */
export async function openRunWorld({ persona: lines = [], decide }: RunWorldOptions) {
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), 'run-world-'));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  const scene = {
    persona: readPersona(lines) as Persona | null,
    models: ['test/test'],
    prompts: [] as LanguageModelV4Prompt[],
    toolChoices: [] as (string | undefined)[],
    /** The calls that went through, with the arguments they were made with. */
    done: [] as { readonly callId: string; readonly tool: string; readonly input: unknown }[],
    /** Every call the guard was asked for. */
    asked: [] as CallRequest[],
    ledgers: [] as GuardedRun['ledger'][],
    effects: new Map<string, Pick<Effect, 'id'>>(),
    beforeVerdict: async (_request: CallRequest, _run: GuardedRun): Promise<void> => undefined,
    intercept: async (_request: CallRequest): Promise<CallVerdict | null> => null,
  };
  const model = scriptedModel(scene, decide);

  async function start(change: (deps: RunServiceDeps) => Partial<RunServiceDeps> = () => ({}), self?: ProcessFacts) {
    const log = createLogger({ level: 'silent' });
    const db = await openDatabase({ url: path.join(folder, 'test.db') });
    opened.defer(() => db.close());
    const audit = createAuditLog({ repository: createAuditRepository(db), key: Buffer.alloc(32, 7) });
    const { transaction } = db;
    const approvals = createApprovalStore({ rows: createApprovalRepository(db), dataKeys: plainDataKeys, transaction });
    const processes = createProcesses({
      rows: createProcessRepository(db),
      log,
      self: self ?? { id: randomUUID(), host: 'here', pid: process.pid },
      isThere: (pid) => pid > 0,
    });
    await processes.start();
    opened.defer(() => processes.stop());
    const store = createConversationRepository<StoredMessage>(db);
    const ask = createAskApproval({ store: approvals, audit, transaction });
    const withdraw = createWithdrawApprovals({ store: approvals, audit });
    const deps: RunServiceDeps = {
      store,
      personas: { find: async () => scene.persona, keepVersion: async () => undefined },
      models: {
        defaultModel: 'test/test',
        resolve(id) {
          if (scene.models.includes(id)) return model;
          throw new AppError('INPUT_INVALID', `The model “${id}” has no configured provider.`);
        },
      },
      toolsFor: () => [{ type: 'function', name: 'look', inputSchema: { type: 'object' } }],
      guard: scriptedGuard(scene, { ask, use: approvals.use }),
      isEffect: (tool) => tool !== 'look',
      approvals,
      ask,
      withdraw,
      transaction,
      namesOf: async (_organizationId, ids) => new Map(ids.map((id) => [id, id.charAt(0).toUpperCase() + id.slice(1)])),
      processId: processes.id,
      scrub: (text) => text,
      log,
    };
    const runs = createRunService({ ...deps, ...change(deps) });
    opened.defer(() => runs.drain(0));
    const effects = { find: async (_organizationId: string, id: string) => (scene.effects.get(id) ?? null) as Effect | null };
    const runRows = createRunRepository(db);
    const sweep = createSweep({ store, runs: runRows, approvals, effects, withdraw, transaction, log, processes, service: runs });
    return { db, audit, approvals, store, runs, runRows, processes, sweep, amend: createAnswerAmendments(store) };
  }

  const all = opened;
  const first = await start();
  const kept = all.move();
  return {
    ...first,
    scene,
    /** Another process on the same database. */
    start: async (change?: (deps: RunServiceDeps) => Partial<RunServiceDeps>, self?: ProcessFacts) => {
      const further = kept;
      return startIn(further, () => start(change, self));
    },
    ...reading(first),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
  async function startIn<T>(_stack: AsyncDisposableStack, begin: () => Promise<T>): Promise<T> {
    return begin();
  }
}
