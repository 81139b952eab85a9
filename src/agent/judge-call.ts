import type { Actor } from '#auth/actor.ts';
import type { Connection } from '#integrations/connection.ts';
import type { Grant } from '#integrations/rights.ts';
import type { ArgumentProblem, PreparedCall, Tool } from '#integrations/tool-definition.ts';
import { effectiveGrant, limitsNeedContainment } from '#personas/grants.ts';
import type { Persona } from '#personas/persona-schema.ts';
import type { GateReason } from './approvals/approval.ts';
import { denyOverBudget, type Spent } from './budgets.ts';
import {
  type Containment,
  denyApproval,
  denyArguments,
  denyConnectionScope,
  denyDeadConnection,
  denyForeignDatabase,
  denyGoneActor,
  denyGuestChange,
  denyKeyScope,
  denyMissingConnection,
  denyMovedPersona,
  denyRepeatedCall,
  denyRole,
  denyScope,
  denyStopped,
  denyTarget,
  denyUnknownTool,
  denyUnusedPersona,
} from './decide-call.ts';
import type { Denial } from './denials.ts';
import {
  grantsOf,
  mindsOutsideText,
  narrowedBudget,
  narrowedGrant,
  narrowedPolicy,
  type PinnedPersona,
} from './narrow-persona.ts';

/** Everything a call is judged by. */
export interface CallFacts {
  readonly toolName: string;
  readonly tool: Tool | undefined;
  /** Null asks about the tool whatever its arguments are. */
  readonly prepared: PreparedCall | ArgumentProblem | null;
  readonly repeated: boolean;
  /** As the run began with it. */
  readonly persona: Persona;
  /** As it is now; null where it is archived or gone. */
  readonly current: Persona | null;
  readonly actor: Actor;
  /** Whether the person has left, or the API key is over, since the run began. */
  readonly actorIsGone: boolean;
  readonly spent: Spent;
  readonly stopped: boolean;
  /** Where text from outside was read before, or null. */
  readonly outsideText: string | null;
  /** Left out until it was looked for; null where there is none. */
  readonly connection?: Connection | null;
  /** Left out until the service was asked. */
  readonly contained?: Containment;
}

export interface Judgement {
  /** The first rule's that stands in the way. */
  readonly denial: Denial | null;
  /** What must be found out before the rest can be judged; null when all is judged. */
  readonly open: 'connection' | 'containment' | null;
  /** The rules that were asked; all but the last have passed. */
  readonly steps: readonly { readonly rule: RuleName; readonly passed: boolean }[];
}

type FactsOfTool = CallFacts & { readonly tool: Tool };
type FactsOfPersona = FactsOfTool & PinnedPersona;
type WholeFacts = FactsOfPersona & { readonly connection: Connection };

type Deny<Facts> = (facts: Facts) => Denial | null;

interface Rule {
  /** In the words that people read. */
  readonly name: string;
  readonly deny: Deny<CallFacts>;
  readonly needs?: 'connection' | 'containment';
  /** Passed over where no arguments are given. */
  readonly isAboutArguments?: true;
}

/*
 * What a later rule takes for granted is what an earlier one made sure of. Asked out of order, a rule gives the denial
 * of the earlier one instead of letting the call pass.
 */
const ofTool =
  (deny: Deny<FactsOfTool>): Deny<CallFacts> =>
  (facts) => {
    const { tool } = facts;
    return tool === undefined ? denyUnknownTool(facts.toolName, tool) : deny({ ...facts, tool });
  };
const ofPersona = (deny: Deny<FactsOfPersona>): Deny<CallFacts> =>
  ofTool((facts) => {
    const { persona, current } = facts;
    return current === null ? denyUnusedPersona(facts.tool, persona, current) : deny({ ...facts, current });
  });
const ofConnection = (deny: Deny<WholeFacts>): Deny<CallFacts> =>
  ofPersona((facts) => {
    const { connection = null } = facts;
    if (connection === null) return denyMissingConnection(facts.tool, connection, facts.actor);
    return deny({ ...facts, connection });
  });

/** In the guard's order. */
const rules = [
  { name: 'The tool exists', deny: ({ toolName, tool }) => denyUnknownTool(toolName, tool) },
  { name: 'The call was not made before in this run', deny: ({ repeated }) => denyRepeatedCall(repeated) },
  {
    name: 'The arguments fit the tool',
    deny: ({ prepared }) => (prepared === null ? null : denyArguments(prepared)),
    isAboutArguments: true,
  },
  {
    name: 'The persona is in use',
    deny: ofPersona(({ tool, persona, current }) => denyUnusedPersona(tool, persona, current)),
  },
  {
    name: 'The persona holds the scope',
    deny: ofPersona((facts) => denyScope(facts.tool, facts.persona.name, narrowedGrant(facts, facts.actor))),
  },
  {
    name: 'Whoever asked still belongs to the organization',
    deny: ({ actor, actorIsGone }) => denyGoneActor(actor, actorIsGone),
  },
  { name: 'The role may have calls made', deny: ofTool(({ tool, actor }) => denyRole(tool, actor)) },
  { name: 'For guests it only reads', deny: ofTool(({ tool, actor }) => denyGuestChange(tool, actor)) },
  { name: 'The API key holds the scope', deny: ofTool(({ tool, actor }) => denyKeyScope(tool, actor)) },
  {
    name: 'The persona is attached to the same connection as before',
    deny: ofPersona((facts) => denyMovedPersona(facts.tool, facts)),
  },
  {
    name: 'There is a connection to use',
    deny: ofConnection(({ tool, connection, actor }) => denyMissingConnection(tool, connection, actor)),
    needs: 'connection',
  },
  { name: 'The connection is alive', deny: ofConnection(({ connection }) => denyDeadConnection(connection)) },
  {
    name: 'The connection allows the scope',
    deny: ofConnection(({ tool, connection }) => denyConnectionScope(tool, connection)),
  },
  { name: 'The target is within the limits', deny: ofConnection(denyOutsideLimits), isAboutArguments: true },
  {
    name: 'The budget is not used up',
    deny: ofPersona((facts) => denyOverBudget(narrowedBudget(facts), facts.spent)),
  },
  {
    name: 'The approval policy lets it through',
    deny: ofPersona((facts) => denyApproval(facts.tool, narrowedPolicy(facts.tool, facts))),
  },
  { name: 'The run goes on', deny: ({ stopped }) => denyStopped(stopped) },
  {
    name: 'The database lies in the team',
    deny: ofConnection(denyUncontained),
    needs: 'containment',
    isAboutArguments: true,
  },
] as const satisfies readonly Rule[];
export type RuleName = (typeof rules)[number]['name'];

/** The guard's verdict with the rules it took. The guard and the X-ray both ask this function and no other. */
export function judgeCall(facts: CallFacts): Judgement {
  const steps: { rule: RuleName; passed: boolean }[] = [];
  for (const rule of rules as readonly (Rule & { readonly name: RuleName })[]) {
    if (rule.isAboutArguments === true && facts.prepared === null) continue;
    const open = openQuestion(rule, facts);
    if (open !== null) return { denial: null, open, steps };
    const denial = rule.deny(facts);
    steps.push({ rule: rule.name, passed: denial === null });
    if (denial !== null) return { denial, open: null, steps };
  }
  return { denial: null, open: null, steps };
}

function openQuestion({ needs }: Rule, facts: CallFacts): Judgement['open'] {
  if (needs === 'connection') return facts.connection === undefined ? needs : null;
  if (needs !== 'containment' || facts.contained !== undefined) return null;
  const { current, connection = null } = facts;
  return current !== null && connection !== null && needsContainment({ ...facts, current, connection }) ? needs : null;
}

function denyOutsideLimits(facts: WholeFacts): Denial | null {
  const { prepared, connection } = facts;
  if (prepared?.ok !== true) return prepared === null ? null : denyArguments(prepared);
  return denyTarget(
    { persona: narrowedGrant(facts, facts.actor), connection, effective: effectiveOf(facts) },
    prepared.target,
  );
}

function denyUncontained(facts: WholeFacts): Denial | null {
  const { prepared, contained = false } = facts;
  if (prepared?.ok !== true) return prepared === null ? null : denyArguments(prepared);
  return needsContainment(facts) ? denyForeignDatabase(prepared.target, contained) : null;
}

/**
 * A granted team in the path proves nothing about the database behind it, so the service is asked. Each side’s limits
 * are looked at by themselves: a database named by the one says nothing about the team that the other means.
 */
function needsContainment(facts: PinnedPersona & Pick<WholeFacts, 'prepared' | 'connection' | 'actor'>): boolean {
  const { prepared, connection } = facts;
  if (prepared?.ok !== true) return false;
  return [...grantsOf(facts, facts.actor), connection.grant].some(({ limits }) =>
    limitsNeedContainment(limits, prepared.target),
  );
}

function effectiveOf(facts: PinnedPersona & Pick<WholeFacts, 'connection' | 'actor'>): Grant {
  const { connection, actor } = facts;
  return effectiveGrant({ persona: { grant: narrowedGrant(facts, actor) }, connection, actor });
}

/**
 * Why a call that no rule denies must be asked for first; null where it need not. A bound (“ask above 5”) is judged
 * where the effects are counted.
 */
export function gateOf(tool: Tool, facts: PinnedPersona & Pick<CallFacts, 'outsideText'>): GateReason | null {
  if (narrowedPolicy(tool, facts) === 'ask') return 'policy';
  const isTold = facts.outsideText !== null && tool.effect !== 'read' && mindsOutsideText(facts);
  return isTold ? 'outside_text' : null;
}

/** A call that passed every rule, with what is needed to send it. */
export interface AllowedCall {
  readonly tool: Tool;
  readonly call: PreparedCall;
  readonly connection: Connection;
  readonly grant: Grant;
  readonly personas: PinnedPersona;
}

/** Null where a rule denies it or the connection was not looked for yet. Whether the database lies in the team may be open. */
export function allowedCall(facts: CallFacts): AllowedCall | null {
  const { denial, open } = judgeCall(facts);
  const { tool, prepared, persona, current, connection = null } = facts;
  if (denial !== null || open === 'connection') return null;
  if (tool === undefined || prepared?.ok !== true || current === null || connection === null) return null;
  const grant = effectiveOf({ ...facts, current, connection });
  return { tool, call: prepared, connection, grant, personas: { persona, current } };
}
