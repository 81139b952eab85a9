import type { PersonaTool } from '#agent/persona-tools.ts';
import type { Actor } from '#auth/actor.ts';
import { may } from '#auth/permissions.ts';
import { type Member, type MembersOf, nameApprovers, namesPeople, toolsWithoutApprover } from '#personas/approvers.ts';
import type { LoadedProblem } from '#personas/load-personas.ts';
import { definitionOf } from '#personas/persona-definition.ts';
import type { PersonaEntry } from '#personas/persona-directory.ts';
import type { ApprovalRule, Persona } from '#personas/persona-schema.ts';
import type { ApprovalRuleView, PersonaDetailView, PersonaView, ToolView } from '../../contract/personas.ts';

export interface PersonaPresenterDeps {
  readonly toolsOf: (organizationId: string, persona: Persona) => Promise<readonly PersonaTool[]>;
  readonly problems: () => readonly LoadedProblem[];
  readonly defaultModel: string;
  /** Why the model cannot be reached, or null. */
  readonly modelProblem: (model: string) => string | null;
  readonly namesOf: (organizationId: string, ids: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  readonly membersOf: MembersOf;
}

export interface PersonaPresenter {
  present(entries: readonly PersonaEntry[], actor: Actor): Promise<PersonaView[]>;
  presentDetail(entry: PersonaEntry, actor: Actor): Promise<PersonaDetailView>;
}

export function createPersonaPresenter(deps: PersonaPresenterDeps): PersonaPresenter {
  return {
    async present(entries, actor) {
      const members = await membersNeeded(deps, entries, actor);
      return Promise.all(entries.map((entry) => presentPersona(deps, entry, { members, actor })));
    },
    async presentDetail(entry, actor) {
      const { persona, record, archived } = entry;
      const by = record === null ? [] : [record.createdBy, record.updatedBy];
      const names = await deps.namesOf(actor.organizationId, by);
      const members = await membersNeeded(deps, [entry], actor);
      return {
        persona: await presentPersona(deps, entry, { members, actor }),
        definition: definitionOf(persona),
        createdBy: record === null ? null : nameIn(names, record.createdBy),
        updatedBy: record === null ? null : nameIn(names, record.updatedBy),
        updatedAt: record?.updatedAt.toISOString() ?? null,
        editable: record !== null && !archived && may(actor, 'personas:manage'),
      };
    },
  };
}

export function nameIn(names: ReadonlyMap<string, string>, id: string): string {
  return names.get(id) ?? 'Somebody';
}

/** Asked for only where a persona names some of them. */
async function membersNeeded(
  { membersOf }: PersonaPresenterDeps,
  entries: readonly PersonaEntry[],
  { organizationId }: Actor,
): Promise<readonly Member[]> {
  return entries.some(({ persona }) => namesPeople(persona)) ? membersOf(organizationId) : [];
}

export function presentRule({ people, fourEyes, hours }: ApprovalRule, members: readonly Member[]): ApprovalRuleView {
  return { people: people === null ? null : [...nameApprovers(people, members)], fourEyes, hours };
}

interface Presenting {
  readonly members: readonly Member[];
  readonly actor: Pick<Actor, 'organizationId'>;
}

async function presentPersona(
  deps: PersonaPresenterDeps,
  { persona, archived }: PersonaEntry,
  { members, actor }: Presenting,
): Promise<PersonaView> {
  const tools = await deps.toolsOf(actor.organizationId, persona);
  const { id, name, description, version, grant, budget, starters, file, revision, outsideText, undo } = persona;
  const rules = Object.entries(persona.approvers).map(([tool, rule]) => [tool, presentRule(rule, members)] as const);
  return {
    id,
    name,
    description,
    model: persona.model ?? deps.defaultModel,
    version,
    scopes: [...grant.scopes],
    limits: grant.limits,
    tools: tools.map(presentTool),
    approvers: Object.fromEntries(rules),
    budget,
    effects: { ...persona.effects },
    outsideText,
    publicTables: [...persona.publicTables],
    undo,
    channels: [...persona.channels],
    guests: persona.guests === null ? null : { scopes: [...persona.guests.scopes], limits: persona.guests.limits },
    starters: [...starters],
    file,
    revision,
    archived,
    problem: problemOf(deps, persona) ?? approverProblem(tools, persona, members),
  };
}

function problemOf(deps: PersonaPresenterDeps, { file, model }: Persona): string | null {
  if (file === null) return model === null ? null : deps.modelProblem(model);
  const problem = deps.problems().find((known) => known.file === file);
  return problem === undefined ? null : describeProblem(problem);
}

/** A persona of a file is there in every organization, so it may name people of another one. */
function approverProblem(tools: readonly PersonaTool[], persona: Persona, members: readonly Member[]): string | null {
  const stuck = toolsWithoutApprover(persona, members);
  const [found] = tools.filter(({ tool, policy }) => policy !== 'deny' && stuck.includes(tool.name));
  if (found === undefined) return null;
  return `Nobody can approve “${found.tool.title}”: none of the people chosen for it belongs to this organization and may decide. Choose others.`;
}

export function describeProblem({ line, message }: LoadedProblem): string {
  return `Line ${line}: ${message}`;
}

export function presentTool({ tool, policy }: PersonaTool): ToolView {
  const { name, slug, title, description, integration, scope, effect } = tool;
  return { name, slug, title, description, integration, scope, effect, approval: policy };
}
