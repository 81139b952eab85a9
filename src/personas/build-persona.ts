import { createHash } from 'node:crypto';
import type { Limits } from '#integrations/rights.ts';
import type { PersonaDefinition } from './persona-definition.ts';
import { type FrontMatter, frontMatterSchema, type Persona } from './persona-schema.ts';

export interface PersonaSource {
  readonly id: string;
  readonly file: string | null;
  readonly revision: number | null;
  readonly front: FrontMatter;
  readonly instructions: string;
}

export function buildPersona({ id, file, revision, front, instructions }: PersonaSource): Persona {
  const { name, description, model, channels, starters, approvals } = front;
  const { connections, approvers, effects, outsideText, publicTables, undo } = front;
  const grant = { scopes: front.scopes, limits: spokenLimits(front.limits) };
  const guests = front.guests === null ? null : { ...front.guests, limits: spokenLimits(front.guests.limits) };
  const first = { name, description, model, grant, approvals, channels, starters, instructions };
  const further = { connections, approvers, effects, outsideText, publicTables, undo, guests };
  const { tokens, ...budget } = front.budget;
  // What says nothing is left out, so that versions from before there was such a setting stay what they are.
  const spoken = Object.entries(further).filter(([name, value]) => !isSilent(name, value));
  const counted = { ...first, budget: tokens === null ? budget : front.budget, ...Object.fromEntries(spoken) };
  return { id, file, revision, version: versionOf(counted), ...first, budget: front.budget, ...further };
}

function spokenLimits(limits: FrontMatter['limits']): Limits {
  return Object.fromEntries(Object.entries(limits).filter(([, list]) => list !== undefined));
}

function isSilent(name: string, value: unknown): boolean {
  const silent: unknown = frontMatterSchema.shape[name as keyof FrontMatter].parse(undefined);
  return JSON.stringify(value) === JSON.stringify(silent);
}

function versionOf(content: object): string {
  return createHash('sha256')
    .update(JSON.stringify(sortKeys(content)))
    .digest('hex');
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const sorted = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([key, inner]) => [key, sortKeys(inner)]));
}

export function personaFrom(
  { instructions, ...front }: PersonaDefinition,
  place: Pick<PersonaSource, 'id' | 'file' | 'revision'>,
): Persona {
  return buildPersona({ ...place, front, instructions });
}
