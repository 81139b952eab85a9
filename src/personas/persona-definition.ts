import { z } from 'zod';
import type { Scope } from '#integrations/rights.ts';
import { frontMatterSchema, type Persona } from './persona-schema.ts';

/** The settings of a file's front matter with its instructions: what a persona is, apart from its id and its place. */
export const definitionSchema = frontMatterSchema.extend({
  instructions: z
    .string()
    .overwrite((text) => text.replace(/\r\n?/g, '\n').trim())
    .min(1, 'must not be empty')
    .max(32_000, 'must have at most 32000 characters')
    .regex(/^[^\0\p{Cs}\uFFFD]*$/u, 'must be plain text'),
});
export type PersonaDefinition = z.output<typeof definitionSchema>;

/** The definition a persona was built from. */
export function definitionOf(persona: Persona): PersonaDefinition {
  const { id: _id, version: _version, file: _file, revision: _revision, grant, guests, ...settings } = persona;
  return {
    ...settings,
    scopes: grant.scopes as readonly Scope[],
    limits: grant.limits,
    guests: guests === null ? null : { ...guests },
    connections: { ...settings.connections },
    approvals: { ...settings.approvals },
    approvers: { ...settings.approvers },
    effects: { ...settings.effects },
    budget: { ...settings.budget },
  };
}

/** The settings in which two definitions differ. */
export function changedSettings(before: PersonaDefinition, after: PersonaDefinition): string[] {
  const names = Object.keys(definitionSchema.shape) as (keyof PersonaDefinition)[];
  return names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}
