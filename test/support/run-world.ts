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
import type { Database } from '#db/database.ts';
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
import { openTestDatabase } from './test-database.ts';
import { noMandates } from './unattended.ts';

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
  /** One that is there already; else one of its own, which is gone in the end. */
  readonly folder?: string;
  /** Stands between everything and the database. */
  readonly wrapDatabase?: (db: Database) => Database;
  /** Of the first process. */
  readonly self?: ProcessFacts;
}

/**
 * Runs over a real SQLite file with real approvals, a scripted model and a scripted guard: `look` is answered, `remove`
 * asks a person first, `mayRemove` asks for a budget of effects and then does it. What was done is in `done`.
 */
export async function openRunWorld({ persona: lines = [], decide, wrapDatabase, self, ...place }: RunWorldOptions) {
  const opened = new AsyncDisposableStack();
  const folder = place.folder ?? (await mkdtemp(path.join(tmpdir(), 'run-world-')));
  if (place.folder === undefined) opened.defer(() => rm(folder, { recursive: true, force: true }));
  const scene: Scene = {
    persona: readPersona(lines),
    models: ['test/test'],
    prompts: [],
    toolChoices: [],
    done: [],
    asked: [],
    ledgers: [],
    effects: new Set(),
    beforeVerdict: async () => undefined,
    intercept: async () => null,
  };
  const stage = { opened, folder, scene, wrapDatabase, model: scriptedModel(scene, decide) };
  const first = await startProcess(stage, self === undefined ? {} : { self });
  return {
    ...first,
    scene,
    /** Another process on the same database. */
    start: (options?: ProcessOptions) => startProcess(stage, options),
    ...doing(first),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
export type RunWorld = Awaited<ReturnType<typeof openRunWorld>>;
export type RunProcess = Awaited<ReturnType<typeof startProcess>>;

/** What a test may change while it goes, and what it sees. */
interface Scene {
  persona: Persona | null;
  models: readonly string[];
  readonly prompts: LanguageModelV4Prompt[];
  readonly toolChoices: (string | undefined)[];
  /** The calls that went through, with the arguments they were made with. */
  readonly done: { callId: string; tool: string; input: unknown }[];
  /** Every call the guard was asked for. */
  readonly asked: CallRequest[];
  readonly ledgers: GuardedRun['ledger'][];
  /** Ids of calls whose intent is stored. */
  readonly effects: Set<string>;
  beforeVerdict: (request: CallRequest, run: GuardedRun) => Promise<void>;
  intercept: (request: CallRequest) => Promise<CallVerdict | null>;
}

interface Stage {
  readonly opened: AsyncDisposableStack;
  readonly folder: string;
  readonly scene: Scene;
  readonly wrapDatabase: RunWorldOptions['wrapDatabase'];
  readonly model: LanguageModelV4;
}

export interface ProcessOptions {
  readonly change?: (deps: RunServiceDeps) => Partial<RunServiceDeps>;
  readonly self?: ProcessFacts;
}

async function startProcess(
  { opened, folder, scene, model, wrapDatabase = (db) => db }: Stage,
  { change = () => ({}), self }: ProcessOptions = {},
) {
  const log = createLogger({ level: 'silent' });
  const db = wrapDatabase(await openTestDatabase(path.join(folder, 'test.db')));
  opened.defer(() => db.close());
  const audit = createAuditLog({ repository: createAuditRepository(db), key: Buffer.alloc(32, 7) });
  const { transaction } = db;
  const approvals = createApprovalStore({ rows: createApprovalRepository(db), dataKeys: plainDataKeys, transaction });
  const processes = createProcesses({
    rows: createProcessRepository(db),
    log,
    self: self ?? { id: randomUUID(), host: randomUUID(), pid: process.pid },
    isThere: () => false,
  });
  await processes.start();
  opened.defer(() => processes.stop());
  const store = createConversationRepository<StoredMessage>(db);
  const ask = createAskApproval({ store: approvals, audit, transaction });
  const withdraw = createWithdrawApprovals({ store: approvals, audit });
  const deps: RunServiceDeps = {
    actors: { current: async (actor) => actor },
    store,
    personas: { find: async () => scene.persona, keepVersion: async () => undefined },
    models: { defaultModel: 'test/test', resolve: (id) => resolveIn(scene, model, id) },
    mandates: noMandates,
    toolsFor: async () => [{ type: 'function', name: 'look', inputSchema: { type: 'object' } }],
    guard: scriptedGuard(scene, { ask, use: (use) => approvals.use(use) }),
    effectsIn: async () => (tool) => tool !== 'look',
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
  const sweep = createSweep({
    store,
    runs: createRunRepository(db),
    approvals,
    effects: { find: async (_organizationId, id) => (scene.effects.has(id) ? ({ id } as Effect) : null) },
    withdraw,
    transaction,
    log,
    processes,
    service: runs,
  });
  return { db, audit, approvals, store, runs, processes, sweep, amend: createAnswerAmendments(store) };
}

function resolveIn(scene: Scene, model: LanguageModelV4, id: string): LanguageModelV4 {
  if (scene.models.includes(id)) return model;
  throw new AppError('INPUT_INVALID', `The model “${id}” has no configured provider.`);
}

type Parts = Pick<RunProcess, 'store' | 'runs' | 'approvals' | 'audit' | 'db'>;

let messages = 0;

/** What a test does and sees, by one process. */
export function doing({ store, runs, approvals, audit, db }: Parts) {
  const conversationId = 'c1';
  const begin = (text: string, actor = ann) => {
    messages += 1;
    const message = { conversationId, personaId: 'tester', messageId: `m${messages}`, text };
    return runs.start({ actor, channel: actor.role === 'guest' ? 'widget' : 'web', ownerId: ann.id, ...message });
  };
  return {
    /** Sends a message and leaves its answer to itself. */
    begin: (text: string) => begin(text),
    /** Sends a message and waits until its answer ends or waits. */
    async say(text: string, actor = ann): Promise<LiveRun> {
      const run = await begin(text, actor);
      await run.done;
      return run;
    },
    async answer(): Promise<StoredMessage> {
      const answer = (await store.messages('org', conversationId)).at(-1);
      if (answer === undefined) throw new Error('There is no answer.');
      return answer;
    },
    conversation: () => store.find(ann, conversationId),
    /** The approvals the answer waits for. */
    async waitingFor(): Promise<Approval[]> {
      const answer = (await store.messages('org', conversationId)).at(-1);
      const found = await Promise.all((answer?.metadata?.waitingFor ?? []).map((id) => approvals.find('org', id)));
      return found.filter((approval) => approval !== null);
    },
    decide({ id, hash }: Approval, status: 'approved' | 'denied', how: { reason?: string; more?: number } = {}) {
      const { reason = null, more = null } = how;
      return approvals.decide({ organizationId: 'org', id, hash, status, by: 'olga', reason, more });
    },
    /** Puts other arguments in the place of those that are asked for. */
    async changeArguments(approval: Approval, input: object): Promise<Approval> {
      const { status: _status, ...rest } = approval;
      const before = approval.question.kind === 'call' ? approval.question.arguments : null;
      const question = callQuestion({ tool: 'remove', arguments: input, askedFor: before });
      const next = newApproval({ ...rest, id: randomUUID(), question, editorId: 'olga' });
      const { organizationId, id, hash } = approval;
      await approvals.replace({ organizationId, id, hash }, await approvals.seal(next));
      const found = await approvals.find(organizationId, next.id);
      if (found === null) throw new Error('The approval was not replaced.');
      return found;
    },
    /** Goes on with a run and waits until it ends or waits again. */
    async resume(runId: string): Promise<boolean> {
      const isResumed = await runs.resume('org', runId);
      await runs.active(ann, conversationId)?.done;
      return isResumed;
    },
    async recorded(): Promise<string[]> {
      const found = await audit.read({ organizationId: 'org', after: 0, before: Number.MAX_SAFE_INTEGER, limit: 1000 });
      return found.map(({ event }) => event.action);
    },
    async statusOf(runId: string) {
      const rows = await db.query.select().from(db.tables.runs);
      return rows.find(({ id }) => id === runId)?.status;
    },
  };
}

function readPersona(lines: readonly string[]): Persona {
  const front = ['name: Tester', 'description: For tests.', 'channels: [web, widget]', 'guests: {}', ...lines].join(
    '\n',
  );
  const parsed = parsePersonaFile({ file: 'personas/tester.md', text: `---\n${front}\n---\nHi.\n`, knownTools: [] });
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.persona;
}

interface GuardParts {
  readonly ask: RunServiceDeps['ask'];
  readonly use: RunServiceDeps['approvals']['use'];
}

function scriptedGuard(scene: Scene, { ask, use }: GuardParts): GuardToolCall {
  return async (request, run) => {
    const { callId, tool, rawInput, resumedWith } = request;
    const { ledger, identity, signal } = run;
    const input = JSON.parse(rawInput) as unknown;
    if (resumedWith === null) ledger.calls += 1;
    ledger.seenCallIds.add(request.modelCallId);
    scene.asked.push(request);
    scene.ledgers.push(ledger);
    await scene.beforeVerdict(request, run);
    const other = await scene.intercept(request);
    if (other !== null) return other;
    if (signal.aborted) return denied('RUN_STOPPED', 'The answer was stopped.');
    const question = questionOf(request, input);
    if (question !== null && resumedWith?.question.kind !== question.kind) {
      const { actor, conversationId, runId, channel } = identity;
      const about = { organizationId: 'org', conversationId, runId, callId, channel, requesterId: actor.id };
      const expiresAt = new Date(Date.now() + 3_600_000);
      const approval = newApproval({ ...about, question, connectionId: null, expiresAt });
      await ask(approval, identity);
      return { type: 'waiting', approvalId: approval.id };
    }
    if (resumedWith?.question.kind === 'call' && !(await use({ ...resumedWith }))) {
      return denied('APPROVAL_INVALID', 'It was used.');
    }
    scene.done.push({ callId, tool, input });
    return { type: 'answered', result: { ok: true, output: { did: tool }, durationMs: 3 } };
  };
}

function questionOf({ tool, words }: CallRequest, input: unknown): Question | null {
  if (tool === 'remove') return callQuestion({ tool, arguments: input, words });
  if (tool !== 'mayRemove') return null;
  const budget = {
    kind: 'budget',
    budget: 'effects_day',
    tool,
    title: 'Remove',
    limit: 2,
    used: 2,
    more: 2,
    plan: null,
  } as const;
  return budget;
}

function denied(code: 'RUN_STOPPED' | 'APPROVAL_INVALID', message: string): CallVerdict {
  return { type: 'answered', result: { ok: false, outcome: 'denied', code, message, durationMs: null } };
}

let calls = 0;

function scriptedModel(scene: Scene, decide: RunWorldOptions['decide']): LanguageModelV4 {
  return {
    specificationVersion: 'v4',
    provider: 'test',
    modelId: 'test',
    supportedUrls: {},
    doGenerate: () => Promise.reject(new Error('not used')),
    async doStream({ prompt, toolChoice, abortSignal }) {
      scene.prompts.push(prompt);
      scene.toolChoices.push(toolChoice?.type);
      const ofAnswer = prompt.slice(prompt.findLastIndex(({ role }) => role === 'user'));
      const step = await decide(ofAnswer.filter(({ role }) => role === 'assistant').length + 1, prompt);
      return { stream: streamOf(step, abortSignal) };
    },
  };
}

function streamOf(step: ScriptedStep, abortSignal: AbortSignal | undefined): ReadableStream<LanguageModelV4StreamPart> {
  async function* parts(): AsyncGenerator<LanguageModelV4StreamPart> {
    if (step.text !== undefined) {
      yield { type: 'text-start', id: 't' };
      yield { type: 'text-delta', id: 't', delta: step.text };
      if (step.held !== undefined) await Promise.race([step.held, aborted(abortSignal)]);
      yield { type: 'text-end', id: 't' };
    }
    for (const { tool, input, id } of step.calls ?? []) {
      calls += 1;
      yield { type: 'tool-call', toolCallId: id ?? `model-${calls}`, toolName: tool, input: JSON.stringify(input) };
    }
    const unified = step.calls === undefined ? 'stop' : 'tool-calls';
    yield { type: 'finish', finishReason: { unified, raw: unified }, usage: oneEach };
  }
  return ReadableStream.from(parts()) as ReadableStream<LanguageModelV4StreamPart>;
}

function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

const oneEach = {
  inputTokens: { total: 1, noCache: 1, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: 1, text: 1, reasoning: undefined },
};
