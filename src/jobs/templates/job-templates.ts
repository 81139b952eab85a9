import type { Actor } from '#auth/actor.ts';
import { may } from '#auth/permissions.ts';
import { AppError } from '#errors';
import { allowsTarget, holdsScope } from '#personas/grants.ts';
import type { PersonaDefinition } from '#personas/persona-definition.ts';
import type { PersonaDirectory } from '#personas/persona-directory.ts';
import type { Persona } from '#personas/persona-schema.ts';
import type { JobDefinition } from '../job-definition.ts';
import { crossToolSync } from './cross-tool-sync.ts';
import { dailySummary } from './daily-summary.ts';
import { type JobTemplate, type JobTemplateId, type PersonaNeed, personaPlaceholder } from './template.ts';
import { triggerOnEvent } from './trigger-on-event.ts';

export const jobTemplates: readonly JobTemplate[] = [triggerOnEvent, dailySummary, crossToolSync];

export interface FilledJob {
  readonly definition: JobDefinition;
  /** Where no persona fits: one that would, to be stored first. */
  readonly newPersona: PersonaDefinition | null;
  readonly notes: readonly string[];
}

export interface JobTemplates {
  list(): readonly JobTemplate[];
  /** A job from the answers to a template’s questions; stores nothing. Throws AppError INPUT_INVALID. */
  fill(actor: Actor, id: JobTemplateId, answers: Readonly<Record<string, unknown>>): Promise<FilledJob>;
}

export function createJobTemplates({
  personas,
}: {
  readonly personas: Pick<PersonaDirectory, 'list' | 'find'>;
}): JobTemplates {
  return {
    list: () => jobTemplates,
    async fill(actor, id, answers) {
      const template = jobTemplates.find((one) => one.id === id);
      if (template === undefined) throw new AppError('NOT_FOUND', 'There is no such template.');
      const filled = template.fill(answers);
      const { organizationId } = actor;
      if (filled.persona !== null) {
        const chosen = await personas.find(organizationId, filled.persona);
        if (chosen === null) {
          throw new AppError(
            'INPUT_INVALID',
            `persona: there is no persona “${filled.persona}” here. Choose another one.`,
          );
        }
        const { definition, notes, need } = filled;
        return { definition, newPersona: null, notes: [...notesOn(chosen, need), ...notes] };
      }
      return suggest(filled, { actor, personas: await personas.list(organizationId) });
    },
  };
}

function suggest(
  { definition, need, notes }: ReturnType<JobTemplate['fill']>,
  { actor, personas }: { readonly actor: Actor; readonly personas: readonly Persona[] },
): FilledJob {
  // The least that fits: what it holds beyond is not needed.
  const [fitting] = personas.filter((persona) => fits(persona, need)).sort((a, b) => sizeOf(a) - sizeOf(b));
  if (fitting !== undefined) {
    const chosen = `“${fitting.name}” is chosen, which may do all that is needed.`;
    return { definition: { ...definition, persona: fitting.id }, newPersona: null, notes: [chosen, ...notes] };
  }
  const { name } = need.fitting;
  const note = may(actor, 'personas:manage')
    ? `No persona that works for jobs may do this. “${name}” is made with it, with exactly what is needed.`
    : `No persona that works for jobs may do this. Ask an owner or admin to make one such as “${name}”.`;
  return {
    definition: { ...definition, persona: personaPlaceholder },
    newPersona: need.fitting,
    notes: [note, ...notes],
  };
}

function fits(persona: Persona, need: PersonaNeed): boolean {
  return persona.channels.includes('job') && lacking(persona, need).length === 0 && isOpen(persona, need);
}

function lacking({ grant }: Persona, { scopes }: PersonaNeed) {
  return scopes.filter((scope) => !holdsScope(grant, scope));
}

function isOpen({ grant }: Persona, { target }: PersonaNeed): boolean {
  return target === null || allowsTarget(grant.limits, target);
}

function sizeOf({ grant }: Persona): number {
  return grant.scopes.length;
}

/** What a persona that a person has chosen lacks. */
function notesOn(persona: Persona, need: PersonaNeed): string[] {
  const missing = lacking(persona, need);
  return [
    missing.length === 0 ? null : `“${persona.name}” lacks ${missing.join(', ')}, without which this may not work.`,
    isOpen(persona, need) ? null : `“${persona.name}” may not work in the database that you have chosen.`,
    persona.channels.includes('job')
      ? null
      : `“${persona.name}” does not work for jobs yet: add “Jobs” to its channels.`,
  ].filter((note) => note !== null);
}
