import { createHash } from 'node:crypto';
import type { PersonaDefinition } from './persona-definition.ts';
import type { FrontMatter, Persona } from './persona-schema.ts';

export interface PersonaSource {
  readonly id: string;
  readonly file: string | null;
  readonly revision: number | null;
  readonly front: FrontMatter;
  readonly instructions: string;
}

export function buildPersona({ id, file, revision, front, instructions }: PersonaSource): Persona {
  const { name, description, model, budget, channels, starters, connections } = front;
  const limits = Object.fromEntries(Object.entries(front.limits).filter(([, list]) => list !== undefined));
  const content = {
    name,
    description,
    model,
    grant: { scopes: front.scopes, limits },
    approvals: front.approvals,
    budget,
    channels,
    starters,
    instructions,
  };
  // Left out where there are none, so that versions from before there were any stay what they are.
  const attached = Object.keys(connections).length === 0 ? {} : { connections };
  return { id, file, revision, version: versionOf({ ...content, ...attached }), ...content, connections };
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
