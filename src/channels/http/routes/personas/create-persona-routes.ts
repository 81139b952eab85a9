import type { XRay } from '#agent/x-ray.ts';
import type { PersonaDirectory } from '#personas/persona-directory.ts';
import type { PersonaService } from '#personas/persona-service.ts';
import type { Route } from '../../route.ts';
import { createArchivePersona } from './archive-persona.ts';
import { createChangePersona } from './change-persona.ts';
import { createCheckCall } from './check-call.ts';
import { createCreatePersona } from './create-persona.ts';
import { createDuplicatePersona } from './duplicate-persona.ts';
import { createGetPersona } from './get-persona.ts';
import { createGetPersonaFile } from './get-persona-file.ts';
import { createGetXRay } from './get-x-ray.ts';
import { createImportPersona } from './import-persona.ts';
import { createListModels } from './list-models.ts';
import { createListPersonas } from './list-personas.ts';
import { createListRevisions } from './list-revisions.ts';
import { createPersonaPresenter, type PersonaPresenterDeps } from './persona-view.ts';
import { createRestorePersona } from './restore-persona.ts';
import { createRevertPersona } from './revert-persona.ts';

export interface PersonaRouteDeps extends Omit<PersonaPresenterDeps, 'problems'> {
  readonly directory: PersonaDirectory;
  readonly service: PersonaService;
  readonly xRay: XRay;
  /** The names of the configured model providers. */
  readonly providers: readonly string[];
}

/** Every endpoint about personas. */
export function createPersonaRoutes(deps: PersonaRouteDeps): readonly Route[] {
  const presenter = createPersonaPresenter({ ...deps, problems: () => deps.directory.problems() });
  const parts = { ...deps, presenter };
  return [
    createListPersonas(parts),
    createCreatePersona(parts),
    createGetPersona(parts),
    createChangePersona(parts),
    createDuplicatePersona(parts),
    createArchivePersona(parts),
    createRestorePersona(parts),
    createRevertPersona(parts),
    createListRevisions(parts),
    createGetPersonaFile(parts),
    createImportPersona(parts),
    createGetXRay(parts),
    createCheckCall(parts),
    createListModels(parts),
  ];
}
