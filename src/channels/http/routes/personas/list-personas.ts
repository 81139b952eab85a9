import type { PersonaTool } from '#agent/persona-tools.ts';
import type { Persona } from '#personas/persona-schema.ts';
import type { PersonaListView, PersonaView, ToolView } from '../../contract.ts';
import type { Route } from '../../route.ts';

export interface PersonaLister {
  list(): readonly Persona[];
  problems(): readonly {
    readonly file: string;
    readonly line: number;
    readonly message: string;
    readonly usingLastGood: boolean;
  }[];
}

interface Deps {
  readonly personas: PersonaLister;
  readonly toolsOf: (persona: Persona) => readonly PersonaTool[];
  readonly defaultModel: string;
}

/** GET /api/v1/personas */
export function createListPersonas(deps: Deps): Route {
  return {
    method: 'get',
    path: '/api/v1/personas',
    handle(_request, response) {
      const problems = deps.personas.problems().map(({ file, line, message, usingLastGood }) => ({
        file,
        problem: `Line ${line}: ${message}`,
        usingLastGood,
      }));
      const problemOf = new Map(problems.map(({ file, problem }) => [file, problem]));
      const view: PersonaListView = {
        items: deps.personas.list().map((persona) => present(persona, deps, problemOf.get(persona.file) ?? null)),
        problems: problems
          .filter(({ usingLastGood }) => !usingLastGood)
          .map(({ file, problem }) => ({ file, problem })),
      };
      response.json(view);
    },
  };
}

function present(persona: Persona, deps: Deps, problem: string | null): PersonaView {
  const { id, name, description, version, grant, budget, starters, file } = persona;
  return {
    id,
    name,
    description,
    model: persona.model ?? deps.defaultModel,
    version,
    scopes: grant.scopes,
    limits: grant.limits,
    tools: deps.toolsOf(persona).map(presentTool),
    budget,
    starters,
    file,
    problem,
  };
}

function presentTool({ tool, policy }: PersonaTool): ToolView {
  const { name, slug, title, description, integration, scope, effect } = tool;
  return { name, slug, title, description, integration, scope, effect, approval: policy };
}
