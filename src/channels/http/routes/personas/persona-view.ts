import type { PersonaTool } from '#agent/persona-tools.ts';
import type { Actor } from '#auth/actor.ts';
import { may } from '#auth/permissions.ts';
import type { LoadedProblem } from '#personas/load-personas.ts';
import { definitionOf } from '#personas/persona-definition.ts';
import type { PersonaEntry } from '#personas/persona-directory.ts';
import type { Persona } from '#personas/persona-schema.ts';
import type { PersonaDetailView, PersonaView, ToolView } from '../../contract/personas.ts';

export interface PersonaPresenterDeps {
  readonly toolsOf: (persona: Persona) => readonly PersonaTool[];
  readonly problems: () => readonly LoadedProblem[];
  readonly defaultModel: string;
  /** Why the model cannot be reached, or null. */
  readonly modelProblem: (model: string) => string | null;
  readonly namesOf: (organizationId: string, ids: readonly string[]) => Promise<ReadonlyMap<string, string>>;
}

export interface PersonaPresenter {
  present(entry: PersonaEntry): PersonaView;
  presentDetail(entry: PersonaEntry, actor: Actor): Promise<PersonaDetailView>;
}

export function createPersonaPresenter(deps: PersonaPresenterDeps): PersonaPresenter {
  const present = (entry: PersonaEntry) => presentPersona(deps, entry);
  return {
    present,
    async presentDetail(entry, actor) {
      const { persona, record, archived } = entry;
      const by = record === null ? [] : [record.createdBy, record.updatedBy];
      const names = await deps.namesOf(actor.organizationId, by);
      return {
        persona: present(entry),
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

function presentPersona(deps: PersonaPresenterDeps, { persona, archived }: PersonaEntry): PersonaView {
  const { id, name, description, version, grant, budget, starters, file, revision } = persona;
  return {
    id,
    name,
    description,
    model: persona.model ?? deps.defaultModel,
    version,
    scopes: [...grant.scopes],
    limits: grant.limits,
    tools: deps.toolsOf(persona).map(presentTool),
    budget,
    channels: [...persona.channels],
    starters: [...starters],
    file,
    revision,
    archived,
    problem: problemOf(deps, persona),
  };
}

function problemOf(deps: PersonaPresenterDeps, { file, model }: Persona): string | null {
  if (file === null) return model === null ? null : deps.modelProblem(model);
  const problem = deps.problems().find((known) => known.file === file);
  return problem === undefined ? null : describeProblem(problem);
}

export function describeProblem({ line, message }: LoadedProblem): string {
  return `Line ${line}: ${message}`;
}

export function presentTool({ tool, policy }: PersonaTool): ToolView {
  const { name, slug, title, description, integration, scope, effect } = tool;
  return { name, slug, title, description, integration, scope, effect, approval: policy };
}
