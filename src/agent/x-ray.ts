import type { Actor } from '#auth/actor.ts';
import { scopesOf } from '#integrations/catalog.ts';
import type { Connection } from '#integrations/connection.ts';
import type { Grant, Limits } from '#integrations/rights.ts';
import type { Tool } from '#integrations/tool-definition.ts';
import type { Member, MembersOf } from '#personas/approvers.ts';
import { effectiveGrant } from '#personas/grants.ts';
import type { ApprovalRule, EffectBudget, Persona } from '#personas/persona-schema.ts';
import { mayDecide } from './approvals/may-decide.ts';
import { noAllowance } from './checkpoint.ts';
import type { Denial } from './denials.ts';
import { describeGates, type Gate } from './describe-gates.ts';
import { askContainment, type FactSources, judgeHere, prepareCall, readInput } from './gather-facts.ts';
import { allowedCall, type CallFacts, type Judgement, judgeCall } from './judge-call.ts';
import { approvalPolicyFor, approvalRuleFor, attachedTo, narrowedEffects, narrowedGrant } from './narrow-persona.ts';
import type { PersonaTool } from './persona-tools.ts';

export interface XRaySubject {
  readonly persona: Persona;
  readonly archived: boolean;
  /** On whose behalf. */
  readonly actor: Actor;
}

export interface XRayedTool extends PersonaTool {
  /** The first rule that stands in the way whatever the arguments are. */
  readonly blockedBy: Denial | null;
  readonly gates: readonly Gate[];
  readonly rule: ApprovalRule;
  /** Who may decide on what the actor asks for; nobody can approve it where there is none. */
  readonly deciders: readonly Member[];
  readonly effects: EffectBudget;
}

export interface XRayResult {
  /** The connection a call would use, by integration; null where there is none. */
  readonly connections: readonly { readonly integration: string; readonly connection: Connection | null }[];
  readonly tools: readonly XRayedTool[];
  /** Everybody who belongs to the organization. */
  readonly members: readonly Member[];
  readonly outsideText: Persona['outsideText'];
  readonly publicTables: readonly string[];
  /** Persona ∩ connection ∩ actor. */
  readonly grants: readonly (Grant & { readonly integration: string })[];
  /** Names of ids in the limits, as far as they are known. */
  readonly names: Readonly<Record<string, string>>;
}

export interface CheckedCall {
  readonly verdict: 'allowed' | 'needs_approval' | 'denied';
  readonly rule: Denial | null;
  /** None for a call that is denied. */
  readonly gates: readonly Gate[];
  readonly steps: Judgement['steps'];
}

/** What a persona can do for an actor, by the guard's own rules. */
export interface XRay {
  xRay(subject: XRaySubject): Promise<XRayResult>;
  /** Whether this call would be allowed in a run that has just begun. Sends nothing but the question where a database lies. */
  checkCall(call: XRaySubject & { readonly tool: string; readonly arguments: unknown }): Promise<CheckedCall>;
}

export interface XRayDeps extends FactSources {
  /** Names of what the connection's key can see or its limits name, by id. */
  readonly namesFor: (connection: Connection) => Promise<Readonly<Record<string, string>>>;
  readonly membersOf: MembersOf;
}

const checkWithinMs = 15_000;

export function createXRay(deps: XRayDeps): XRay {
  return {
    async xRay(subject) {
      const { persona, actor } = subject;
      const [members, catalog] = await Promise.all([
        deps.membersOf(actor.organizationId),
        deps.catalog.of(actor.organizationId),
      ]);
      const connections = await Promise.all(
        deps.catalog.integrations.map(async ({ name }) => ({
          integration: name,
          connection: await findFor(deps, subject, name),
        })),
      );
      const own = { grant: narrowedGrant({ persona, current: persona }, actor) };
      const grants = connections.map(({ integration, connection }) => ({
        integration,
        ...ownScopes(catalog, integration, effectiveGrant({ persona: own, connection, actor })),
      }));
      const tools = catalog.tools.map((tool) => {
        const { connection = null } = connections.find(({ integration }) => integration === tool.integration) ?? {};
        const facts = { ...factsOf(subject), toolName: tool.name, tool, prepared: null, connection };
        const policy = approvalPolicyFor(tool, persona.approvals);
        const gates = describeGates(tool, { persona, current: persona });
        return { tool, policy, gates, blockedBy: judgeCall(facts).denial, ...decisionOf(tool, subject, members) };
      });
      const { outsideText, publicTables } = persona;
      const limited = [persona.grant.limits, persona.guests?.limits ?? {}, { tables: publicTables }];
      const named = [...limited, ...grants.map(({ limits }) => limits)];
      const names = await namesOf(deps, connections, named);
      return { connections, tools, grants, names, members, outsideText, publicTables };
    },
    async checkCall({ tool, arguments: given, ...subject }) {
      const input = readInput(JSON.stringify(given));
      const { organizationId } = subject.actor;
      const asked = await prepareCall(deps, { organizationId, toolName: tool, input });
      const { facts, judgement } = await judgeHere(deps, { ...factsOf(subject), ...asked });
      const allowed = allowedCall(facts);
      if (judgement.open !== 'containment' || allowed === null) return verdictOf(judgement, facts);
      const { call, connection } = allowed;
      const place = { integration: allowed.tool.integration, call, connection };
      const contained = await askContainment(deps, place, AbortSignal.timeout(checkWithinMs));
      return verdictOf(judgeCall({ ...facts, contained }), facts);
    },
  };
}

/** As in the first call of a run that has just begun. */
function factsOf({ persona, archived, actor }: XRaySubject): Omit<CallFacts, 'toolName' | 'tool' | 'prepared'> {
  return {
    repeated: false,
    persona,
    current: archived ? null : persona,
    actor,
    spent: { calls: 1, elapsedMs: 0, allowance: noAllowance },
    actorIsGone: false,
    stopped: false,
    outsideText: null,
  };
}

function findFor({ connections }: XRayDeps, { persona, actor }: XRaySubject, integration: string) {
  const { organizationId, id: actorId } = actor;
  return connections.find({ organizationId, actorId, integration, attached: attachedTo(persona, integration) });
}

/** Of the effective scopes, those that a tool of the integration needs. */
function ownScopes(catalog: XRayDeps['catalog'], integration: string, grant: Grant): Grant {
  const known = catalog.findIntegration(integration);
  const needed = new Set(known === undefined ? [] : scopesOf(known));
  return { ...grant, scopes: grant.scopes.filter((scope) => needed.has(scope)) };
}

async function namesOf(
  deps: XRayDeps,
  connections: XRayResult['connections'],
  limits: readonly Limits[],
): Promise<Record<string, string>> {
  const known = await Promise.all(
    connections.map(async ({ connection }) => (connection === null ? {} : deps.namesFor(connection))),
  );
  const names = new Map(known.flatMap((some) => Object.entries<string>(some)));
  const ids = new Set(
    limits.flatMap(({ teams = [], databases = [], tables = [] }) => [...teams, ...databases, ...tables]),
  );
  return Object.fromEntries([...names].filter(([id]) => ids.has(id)));
}

/** Who decides, and within which limits, on what the actor asks for in person. */
function decisionOf(tool: Tool, { persona, actor }: XRaySubject, members: readonly Member[]) {
  const rule = approvalRuleFor(tool, persona);
  const { organizationId } = actor;
  const { people: approvers, fourEyes } = rule;
  const asked = { organizationId, requesterId: actor.id, editorId: null, approvers, fourEyes, managersOnly: false };
  const deciders = members.filter((member) => {
    return mayDecide(asked, { ...member, kind: 'user', organizationId, keyScopes: null, apiKey: null }).ok;
  });
  return { rule, deciders, effects: narrowedEffects(tool, { persona, current: persona }) };
}

function verdictOf({ denial, steps }: Judgement, { tool, persona, current }: CallFacts): CheckedCall {
  const gates =
    denial === null && tool !== undefined && current !== null ? describeGates(tool, { persona, current }) : [];
  const isGated = gates.some(({ when }) => when === 'at_once');
  const verdict = denial !== null ? 'denied' : isGated ? 'needs_approval' : 'allowed';
  return { verdict, rule: denial, gates, steps };
}
