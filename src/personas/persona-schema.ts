import { z } from 'zod';
import {
  type ApprovalPolicy,
  approvalPolicyPattern,
  boundOf,
  discoveredScopeOf,
  type Effect,
  type Grant,
  plainPolicies,
  type Scope,
  scopes,
} from '#integrations/rights.ts';
import { suggest } from './describe-issue.ts';

export const personaChannels = ['web', 'api', 'widget', 'slack', 'job'] as const;

/** Who decides on the calls of one tool. */
export interface ApprovalRule {
  /** Ids of the members who alone may decide; null: the requester, and whoever may manage approvals. */
  readonly people: readonly string[] | null;
  /** Whether it must be somebody else than the requester. */
  readonly fourEyes: boolean;
  /** After so many hours the question is over. */
  readonly hours: number;
}

/** How much one persona may change with one tool; null is no limit. */
export interface EffectBudget {
  /** Records changed in one run. */
  readonly run: number | null;
  readonly hour: number | null;
  readonly day: number | null;
  /** Records in one call. */
  readonly rows: number | null;
}

/** Instructions, model, grant, approval policy, budget and channels of one persona, at one version. */
export interface Persona {
  readonly id: string;
  /** Changes with everything that changes what the persona does; comments and the order of keys do not count. */
  readonly version: string;
  readonly name: string;
  readonly description: string;
  /** `provider/model`; null for the service's default model. */
  readonly model: string | null;
  readonly grant: Grant;
  readonly approvals: Readonly<Record<string, ApprovalPolicy>>;
  /** By tool; the tools left out have `defaultApprovalRule`. */
  readonly approvers: Readonly<Record<string, ApprovalRule>>;
  /** `tokens` counts what one run sends to its model and gets back; null is no limit. */
  readonly budget: {
    readonly steps: number;
    readonly calls: number;
    readonly seconds: number;
    readonly tokens: number | null;
  };
  /** By tool. */
  readonly effects: Readonly<Record<string, EffectBudget>>;
  /** What text from outside takes away: `ask` has every change asked for once a run has read some, `trust` nothing. */
  readonly outsideText: (typeof outsideTextRules)[number];
  /** Tables strangers can write to, as `database/table`: what they hold is text from outside. */
  readonly publicTables: readonly string[];
  /** Whether taking back what the persona did needs an approval of its own. */
  readonly undo: (typeof undoRules)[number];
  readonly channels: readonly (typeof personaChannels)[number][];
  /**
   * What is done for people who do not belong to the organization, such as visitors of a web site: within the persona's
   * own grant, and only reading. Null: they are not answered.
   */
  readonly guests: Grant | null;
  readonly starters: readonly string[];
  readonly instructions: string;
  /** The connection it is attached to, by integration; without one, whatever the caller has is used. */
  readonly connections: Readonly<Record<string, string>>;
  /** Where it was read from, relative to the service's folder; null for one made in the browser. */
  readonly file: string | null;
  /** Counts up with every change in the browser; null for files. */
  readonly revision: number | null;
}

export const outsideTextRules = ['ask', 'trust'] as const;
export const undoRules = ['auto', 'ask'] as const;

export const defaultApprovalRule: ApprovalRule = { people: null, fourEyes: false, hours: 24 };
export const noEffectBudget: EffectBudget = { run: null, hour: null, day: null, rows: null };

/** What the schema needs to know of a tool to check what a persona says about it. */
export interface KnownTool {
  readonly name: string;
  readonly scope: Scope;
  /** Left out where it is not known; then nothing is refused for it. */
  readonly effect?: Effect;
}

const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(max, `must have at most ${max} characters`)
    // Half a character, and the sign for one that was lost, would not come back from a file as they went in.
    .regex(/^[^\p{Cc}\p{Cs}\uFFFD\u2028\u2029]*$/u, 'must be one line of plain text');
const ninoxId = z
  .string()
  .regex(/^[A-Za-z0-9]{8,32}$/, 'must be an id of 8 to 32 letters and digits; put it in quotes if it is all digits');
const tableId = z
  .string()
  .regex(
    /^[A-Za-z0-9]{8,32}\/[A-Z][A-Z0-9]{0,4}$/,
    'must be written as databaseId/tableId, for example nk5xt24oixj4/B',
  );
const unique = <Item extends z.ZodType>(item: Item) =>
  z
    .array(item)
    .refine((list) => new Set(list).size === list.length, 'names something twice')
    .readonly();
const whole = (max: number) =>
  z.number().int('must be a whole number').min(1, 'must be at least 1').max(max, `must be at most ${max}`);

const channelId = z
  .string()
  .regex(/^[CDGU][A-Z0-9]{2,30}$/, 'must be the id of a channel in Slack, such as C0123456789');
const recipient = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[^\s@,;<>"]*@[a-z0-9.-]+\.[a-z0-9-]+$/, 'must be an address, or @example.com for everybody there');
const toolName = z.string().regex(/^[a-z0-9_]{1,64}$/, 'must be the name of a tool, as the integrations page shows it');

export const limitsSchema = z.strictObject({
  teams: unique(ninoxId).optional(),
  databases: unique(ninoxId).optional(),
  tables: unique(tableId).optional(),
  channels: unique(channelId).optional(),
  recipients: unique(recipient).optional(),
  tools: unique(toolName).optional(),
});

// A string to whoever reads the schema: a pattern can be written down in the API's document, a type cannot.
const policy = z.string().regex(approvalPolicyPattern, { error: ({ input }) => policyProblem(input) }) as z.ZodType<
  unknown,
  unknown
> as z.ZodType<ApprovalPolicy, string>;
const memberId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be the id of a member of the organization, as GET /api/v1/members lists them');
const approvalRule = z.strictObject({
  people: unique(memberId)
    .refine((list) => list.length > 0, 'must name at least one member')
    .refine((list) => list.length <= 20, 'must name at most 20 members')
    .nullable()
    .default(null),
  fourEyes: z.boolean().default(false),
  hours: whole(720).default(24),
});
const effectBudget = z.strictObject({
  run: whole(10_000).nullable().default(null),
  hour: whole(100_000).nullable().default(null),
  day: whole(100_000).nullable().default(null),
  rows: whole(10_000).nullable().default(null),
});

export const frontMatterSchema = z.strictObject({
  name: line(60),
  description: line(200),
  model: z
    .string()
    .regex(/^[a-z0-9-]+\/\S+$/, 'must be written as provider/model, for example openai/gpt-5-mini')
    .nullable()
    .default(null),
  scopes: unique(z.enum(scopes)).default([]),
  limits: limitsSchema.default({}),
  connections: z
    .record(
      z.string().max(64),
      z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be the id of a connection, from the integrations page'),
    )
    .default({}),
  approvals: z.record(z.string(), policy).default({}),
  approvers: z.record(z.string(), approvalRule).overwrite(withoutSame(defaultApprovalRule)).default({}),
  budget: z
    .strictObject({
      steps: whole(50).default(12),
      calls: whole(200).default(24),
      seconds: whole(3600).default(180),
      tokens: whole(100_000_000).nullable().default(null),
    })
    .prefault({}),
  effects: z.record(z.string(), effectBudget).overwrite(withoutSame(noEffectBudget)).default({}),
  outsideText: z.enum(outsideTextRules).default('ask'),
  publicTables: unique(tableId).default([]),
  undo: z.enum(undoRules).default('auto'),
  channels: unique(z.enum(personaChannels))
    .refine((list) => list.length > 0, 'must name at least one channel')
    .default(['web']),
  guests: z
    .strictObject({ scopes: unique(z.enum(scopes)).default([]), limits: limitsSchema.default({}) })
    .nullable()
    .default(null),
  starters: z.array(line(120)).max(6, 'must have at most 6').readonly().default([]),
});
export type FrontMatter = z.output<typeof frontMatterSchema>;

/** A setting that may be left out may as well be left empty, as `approvals:` with nothing after it. */
export function withoutEmptySettings(front: unknown): unknown {
  if (typeof front !== 'object' || front === null || Array.isArray(front)) return front;
  const shape: Readonly<Record<string, z.ZodType>> = frontMatterSchema.shape;
  const isLeftOut = ([name, value]: [string, unknown]) =>
    value === null && Object.hasOwn(shape, name) && shape[name]?.safeParse(undefined).success === true;
  return Object.fromEntries(Object.entries(front).filter((setting) => !isLeftOut(setting)));
}

/** The front matter schema that also knows which tools there are: rules name granted tools only, and fit what they do. */
export function personaFileSchema(knownTools: readonly KnownTool[]) {
  return frontMatterSchema.superRefine((front, context) => {
    for (const setting of toolSettings) {
      for (const [name, rule] of Object.entries(front[setting])) {
        const message = toolRuleProblem({ setting, name, rule }, front, knownTools);
        if (message !== null) context.addIssue({ code: 'custom', path: [setting, name], message });
      }
    }
    for (const [index, scope] of (front.guests?.scopes ?? []).entries()) {
      const message = guestScopeProblem(scope, front, knownTools);
      if (message !== null) context.addIssue({ code: 'custom', path: ['guests', 'scopes', index], message });
    }
  });
}

/** Guests are strangers: whatever they write, nothing of it changes anything. */
function guestScopeProblem(scope: Scope, front: FrontMatter, knownTools: readonly KnownTool[]): string | null {
  const changing = knownTools.find(
    (tool) => tool.scope === scope && tool.effect !== undefined && tool.effect !== 'read',
  );
  if (changing !== undefined) {
    return `is not for guests: ${scope} allows ${changing.name}, which changes something. Guests may only read; remove it`;
  }
  if (front.scopes.includes(scope)) return null;
  return `gives guests what the persona itself does not hold; add ${scope} to its scopes or remove it here`;
}

const toolSettings = ['approvals', 'approvers', 'effects'] as const;

interface ToolRule {
  readonly setting: (typeof toolSettings)[number];
  readonly name: string;
  readonly rule: unknown;
}

function toolRuleProblem(rule: ToolRule, front: FrontMatter, knownTools: readonly KnownTool[]): string | null {
  const tool = knownTools.find((known) => known.name === rule.name);
  const discovered = discoveredScopeOf(rule.name);
  if (tool === undefined && discovered !== null)
    return front.scopes.includes(discovered) ? null : withoutScope(discovered);
  if (tool === undefined) {
    const names = knownTools.map((known) => known.name);
    return `is not a tool.${suggest(rule.name, names)} There are: ${names.join(', ')}`;
  }
  if (!front.scopes.includes(tool.scope)) {
    return withoutScope(tool.scope);
  }
  return tool.effect === 'read' ? readRuleProblem(rule) : null;
}

function withoutScope(scope: Scope): string {
  return `sets a rule for a tool the persona cannot use; add ${scope} to its scopes or remove this line`;
}

/** What counts changes has nothing to count where a tool only reads, and would look as if it held. */
function readRuleProblem({ setting, rule }: ToolRule): string | null {
  if (setting === 'effects') {
    return 'limits how much is changed, and this tool only reads. “budget.calls” limits how often tools are used';
  }
  if (setting !== 'approvals' || boundOf(rule as ApprovalPolicy) === null) return null;
  return 'counts changed records with “ask above”, and this tool only reads. Write auto, ask or deny';
}

function policyProblem(written: unknown): string {
  const text = typeof written === 'string' ? written.trim() : '';
  const bound = /^ask\b.*?([1-9]\d{0,3})$/i.exec(text)?.[1];
  const near = bound === undefined ? suggest(text, plainPolicies) : ` Did you mean “ask above ${bound}”?`;
  return `is no approval policy.${near} There are: auto, ask, deny, and “ask above” with a number from 1 to 9999, such as “ask above 5”`;
}

/** Rules that say what holds without them are left out, so that they do not look like a change. */
function withoutSame<Rule extends object>(silent: Rule): (rules: Record<string, Rule>) => Record<string, Rule> {
  const keys = Object.keys(silent) as (keyof Rule)[];
  const isSilentRule = (rule: Rule) => keys.every((key) => rule[key] === silent[key]);
  return (rules) => Object.fromEntries(Object.entries(rules).filter(([, rule]) => !isSilentRule(rule)));
}
