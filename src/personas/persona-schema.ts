import { z } from 'zod';
import { type ApprovalPolicy, approvalPolicies, type Grant, type Scope, scopes } from '#integrations/rights.ts';
import { suggest } from './describe-issue.ts';

export const personaChannels = ['web', 'api', 'widget', 'slack', 'job'] as const;

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
  readonly budget: { readonly steps: number; readonly calls: number; readonly seconds: number };
  readonly channels: readonly (typeof personaChannels)[number][];
  readonly starters: readonly string[];
  readonly instructions: string;
  /** The connection it is attached to, by integration; without one, whatever the caller has is used. */
  readonly connections: Readonly<Record<string, string>>;
  /** Where it was read from, relative to the service's folder; null for one made in the browser. */
  readonly file: string | null;
  /** Counts up with every change in the browser; null for files. */
  readonly revision: number | null;
}

/** What the schema needs to know of a tool to check a persona's approvals. */
export interface KnownTool {
  readonly name: string;
  readonly scope: Scope;
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

export const limitsSchema = z.strictObject({
  teams: unique(ninoxId).optional(),
  databases: unique(ninoxId).optional(),
  tables: unique(tableId).optional(),
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
  approvals: z.record(z.string(), z.enum(approvalPolicies)).default({}),
  budget: z
    .strictObject({ steps: whole(50).default(12), calls: whole(200).default(24), seconds: whole(3600).default(180) })
    .prefault({}),
  channels: unique(z.enum(personaChannels))
    .refine((list) => list.length > 0, 'must name at least one channel')
    .default(['web']),
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

/** The front matter schema that also knows which tools there are: approvals name granted tools only. */
export function personaFileSchema(knownTools: readonly KnownTool[]) {
  return frontMatterSchema.superRefine((front, context) => {
    for (const name of Object.keys(front.approvals)) {
      const message = approvalProblem(name, front, knownTools);
      if (message !== null) context.addIssue({ code: 'custom', path: ['approvals', name], message });
    }
  });
}

function approvalProblem(name: string, front: FrontMatter, knownTools: readonly KnownTool[]): string | null {
  const tool = knownTools.find((known) => known.name === name);
  if (tool === undefined) {
    const names = knownTools.map((known) => known.name);
    return `is not a tool.${suggest(name, names)} There are: ${names.join(', ')}`;
  }
  if (front.scopes.includes(tool.scope)) return null;
  return `sets a policy for a tool the persona cannot use; add ${tool.scope} to its scopes or remove this line`;
}
