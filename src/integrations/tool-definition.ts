import type { z } from 'zod';
import type { Connection } from './connection.ts';
import type { ApprovalPolicy, Effect, ResourceTarget, Scope } from './rights.ts';

/** What a tool's execution is given. `allows` answers for the effective grant of this call. */
export interface CallContext {
  readonly connection: Connection;
  /** Aborted when the run is stopped. A change that is on the wire is finished all the same. */
  readonly signal: AbortSignal;
  allows(target: ResourceTarget): boolean;
}

/** One call whose arguments hold against the tool's schema; nothing else can be executed. */
export interface PreparedCall {
  readonly ok: true;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly target: ResourceTarget;
  /** Sends the call. Throws UpstreamError for everything the service can answer but success. */
  execute(context: CallContext): Promise<unknown>;
}

export interface ArgumentProblem {
  readonly ok: false;
  /** One sentence a model can act on: which argument, what was found, what is allowed. */
  readonly problem: string;
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
  readonly parameters: z.ZodObject;
  prepare(input: unknown): PreparedCall | ArgumentProblem;
}

export interface ToolSpec<Schema extends z.ZodObject> extends Omit<Tool, 'prepare' | 'parameters'> {
  readonly parameters: Schema;
  target(args: z.output<Schema>): ResourceTarget;
  execute(args: z.output<Schema>, context: CallContext): Promise<unknown>;
}

/** Binds a tool's typed core to the untyped input of a model. Unknown arguments are refused, not dropped. */
export function defineTool<Schema extends z.ZodObject>(spec: ToolSpec<Schema>): Tool {
  const strict = spec.parameters.strict();
  return {
    ...spec,
    prepare(input) {
      const parsed = strict.safeParse(input);
      if (!parsed.success) return { ok: false, problem: describeIssues(parsed.error.issues) };
      const args = parsed.data as z.output<Schema>;
      return {
        ok: true,
        arguments: args,
        target: spec.target(args),
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
