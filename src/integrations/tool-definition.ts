import { z } from 'zod';
import type { ChangePlan, Restored } from './change-plan.ts';
import type { Connection } from './connection.ts';
import type { ApprovalPolicy, Effect, ResourceTarget, Scope } from './rights.ts';

/** What a tool's execution is given. `allows` answers for the effective grant of this call. */
export interface CallContext {
  readonly connection: Connection;
  /** Of the call itself, wherever it is sent or looked up; left out where there is none yet. */
  readonly callId?: string;
  /** Aborted when the run is stopped. A change that is on the wire is finished all the same. */
  readonly signal: AbortSignal;
  allows(target: ResourceTarget): boolean;
  /** Notes records that the call has really written, once that is known; a no-op outside of changes. */
  touched?(records: readonly TouchedRecord[]): void;
  /**
   * Adds to the snapshot what its undo must know of what the call has left behind, such as the ids of new records. JSON; a
   * no-op outside of changes. Where the answer is lost it is never called, so an undo has to do without.
   */
  keep?(left: Readonly<Record<string, unknown>>): void;
}

/** A record as a call of ours has left it behind, so that whoever watches for changes knows it. */
export interface TouchedRecord {
  readonly database: string;
  readonly table: string;
  readonly record: string;
  readonly kind: 'created' | 'updated' | 'deleted';
  /** The record's sequence right after; null where the service did not tell. */
  readonly sequence: number | null;
}

export interface PlannedChange {
  readonly plan: ChangePlan;
  /** JSON, all that `undo` and `reconcile` need to know of what there was; the tool's own shape. */
  readonly snapshot: unknown;
  /** Where nothing would change: what the call answers, with nobody asked and nothing sent. */
  readonly answer?: unknown;
}

/** Takes a call back. Its functions throw UpstreamError, as `execute` does. */
export interface UndoHooks {
  /** What would be restored, read upstream now; its plan is what people see and, where asked for, approve. */
  plan(context: CallContext, snapshot: unknown): Promise<ChangePlan>;
  /** Why it cannot be taken back any more (re-created, changed since), in plain words; null when it can. Reads only. */
  obstacle(context: CallContext, snapshot: unknown): Promise<string | null>;
  /** Sends it, once; OUTCOME_UNKNOWN when nobody knows whether it happened. */
  restore(context: CallContext, snapshot: unknown): Promise<Restored>;
  /** After an unknown outcome: what was restored since `sentAt`, or null when nothing was. Reads only. */
  findRestored(context: CallContext, snapshot: unknown, sentAt: Date): Promise<Restored | null>;
}

/** What a call that changes something brings beside its execution. */
export interface ChangeHooks {
  /** Reads upstream what would change. UPSTREAM_NOT_FOUND when the target is not there. */
  plan(context: CallContext): Promise<PlannedChange>;
  /** After an unknown outcome: reads back whether it had its effect. `unknowable`: the service cannot be asked for that. */
  reconcile(context: CallContext, snapshot: unknown): Promise<'happened' | 'not_happened' | 'unknowable'>;
  /** What `execute` would have answered, for an effect that reading back has shown. */
  readonly outputIfHappened: unknown;
  readonly undo: UndoHooks | null;
}

/** One call whose arguments hold against the tool's schema; nothing else can be executed. */
export interface PreparedCall {
  readonly ok: true;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly target: ResourceTarget;
  /** Null for reads, and for changes whose integration cannot look them up. */
  readonly change: ChangeHooks | null;
  /** Sends the call. Throws UpstreamError for everything the service can answer but success. */
  execute(context: CallContext): Promise<unknown>;
}

export interface ArgumentProblem {
  readonly ok: false;
  /** One sentence a model can act on: which argument, what was found, what is allowed. */
  readonly problem: string;
}

/** What a tool takes: JSON Schema (draft 7) of an object that takes nothing else. */
export interface ToolParameters {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, object>>;
  readonly required?: readonly string[];
  readonly [keyword: string]: unknown;
}

/** One typed action of an integration, its argument types erased behind `prepare`. */
export interface Tool {
  readonly name: string;
  readonly slug: string;
  readonly integration: string;
  readonly title: string;
  readonly description: string;
  readonly scope: Scope;
  readonly effect: Effect;
  readonly defaultApproval: ApprovalPolicy;
  readonly parameters: ToolParameters;
  /** Whether its answers hold what others wrote, such as fields of records. */
  readonly readsRecords: boolean;
  /** Where its answers always hold text from outside, in words for people; left out or null where they need not. */
  readonly readsOutside?: string | null;
  /** Whether a persona must be granted it by name, beside its scope. */
  readonly byName?: boolean;
  /** A tool whose rules of a persona count for this one as well, unless the persona has set some for this one. */
  readonly followsRulesOf?: string;
  /** The one connection it belongs to; left out or null for a tool of its whole integration. */
  readonly connectionId?: string | null;
  prepare(input: unknown): PreparedCall | ArgumentProblem;
}

export interface ToolSpec<Schema extends z.ZodObject> extends Omit<Tool, 'prepare' | 'parameters'> {
  /** Without defaults: what may be left out is `.optional()`, since a default counts as given in the schema. */
  readonly parameters: Schema;
  target(args: z.output<Schema>): ResourceTarget;
  change?(args: z.output<Schema>): ChangeHooks;
  execute(args: z.output<Schema>, context: CallContext): Promise<unknown>;
}

/** Binds a tool's typed core to the untyped input of a model. Unknown arguments are refused, not dropped. */
export function defineTool<Schema extends z.ZodObject>(spec: ToolSpec<Schema>): Tool {
  const strict = spec.parameters.strict();
  return {
    ...spec,
    // An object's schema always names its properties.
    parameters: z.toJSONSchema(strict, { target: 'draft-7' }) as unknown as ToolParameters,
    prepare(input) {
      const parsed = strict.safeParse(input);
      if (!parsed.success) return { ok: false, problem: describeIssues(parsed.error.issues) };
      const args = parsed.data as z.output<Schema>;
      return {
        ok: true,
        arguments: args,
        target: spec.target(args),
        change: spec.change?.(args) ?? null,
        execute: (context) => spec.execute(args, context),
      };
    },
  };
}

function describeIssues(issues: readonly z.core.$ZodIssue[]): string {
  return issues
    .slice(0, 5)
    .map((issue) => (issue.path.length > 0 ? `${issue.path.join('.')}: ${issue.message}` : issue.message))
    .join('; ');
}
