import { AppError } from '#errors';
import { discoveredScopes } from '#integrations/rights.ts';
import type { Member, MembersOf } from './approvers.ts';
import { formatPersonaFile } from './format-persona-file.ts';
import { parsePersonaFile } from './parse-persona-file.ts';
import { definitionOf, definitionSchema, type PersonaDefinition } from './persona-definition.ts';
import { type KnownTool, personaFileSchema } from './persona-schema.ts';

/** What a persona can be attached to, as far as that matters here. */
export interface AttachableConnection {
  readonly integration: string;
  /** Null for the whole organization's. */
  readonly ownerId: string | null;
}

export interface CheckDeps {
  readonly knownTools: readonly (KnownTool & { readonly integration: string })[];
  /** Why the model cannot be reached, or null. */
  readonly modelProblem: (model: string) => string | null;
  readonly findConnection: (organizationId: string, id: string) => Promise<AttachableConnection | null>;
  readonly membersOf: MembersOf;
}

/** What is to be stored, and what it was made from; null for something new. */
export interface Checked {
  readonly definition: PersonaDefinition;
  readonly before: PersonaDefinition | null;
}

/** Throws AppError INPUT_INVALID for the first thing that keeps the persona from being stored, naming the setting. */
export async function checkDefinition(
  deps: CheckDeps,
  organizationId: string,
  { definition, before }: Checked,
): Promise<void> {
  const { instructions: _instructions, ...front } = definition;
  const checked = personaFileSchema(deps.knownTools).safeParse(front);
  if (!checked.success) refuse(checked.error.issues);
  const problem = definition.model === null ? null : deps.modelProblem(definition.model);
  if (problem !== null) throw invalid('model', problem);
  for (const [integration, id] of Object.entries(definition.connections)) {
    await checkAttachment(deps, organizationId, { integration, id });
  }
  await checkApprovers(deps, organizationId, { definition, before });
  checkFile(deps, definition);
}

/** Whoever was named before may stay, also when they have left since: nothing else could be changed otherwise. */
async function checkApprovers({ membersOf }: CheckDeps, organizationId: string, { definition, before }: Checked) {
  const named = Object.entries(definition.approvers).flatMap(([tool, { people }]) => {
    const known = before?.approvers[tool]?.people ?? [];
    return (people ?? []).filter((id) => !known.includes(id)).map((id) => ({ tool, id }));
  });
  if (named.length === 0) return;
  const members = await membersOf(organizationId);
  for (const { tool, id } of named) {
    const problem = approverProblem(id, members);
    if (problem !== null) throw invalid(`approvers.${tool}.people`, problem);
  }
}

function approverProblem(id: string, members: readonly Member[]): string | null {
  const member = members.find((one) => one.id === id);
  if (member === undefined) return `nobody of this organization has the id “${id}”. Choose a member.`;
  return member.decides ? null : `${member.name} is an auditor, who decides nothing. Choose somebody else.`;
}

interface Attachment {
  readonly integration: string;
  readonly id: string;
}

async function checkAttachment(deps: CheckDeps, organizationId: string, { integration, id }: Attachment) {
  const path = `connections.${integration}`;
  const isKnown = Object.hasOwn(discoveredScopes, integration);
  if (!isKnown && !deps.knownTools.some((tool) => tool.integration === integration)) {
    throw invalid(path, 'there is no such integration.');
  }
  const connection = await deps.findConnection(organizationId, id);
  // Other people's are answered for as if they were not there.
  if (connection === null || connection.ownerId !== null) {
    throw invalid(path, 'there is no such connection of the whole organization. Choose another, or none.');
  }
  if (connection.integration !== integration) {
    throw invalid(path, `this is a connection to ${connection.integration}. Choose one to ${integration}, or none.`);
  }
}

/** What cannot be written to a file and read back is not stored either. */
function checkFile({ knownTools }: CheckDeps, definition: PersonaDefinition): void {
  const parsed = parsePersonaFile({ file: 'persona.md', text: formatPersonaFile(definition), knownTools });
  if (!parsed.ok)
    throw new AppError('INPUT_INVALID', `As a file, this persona would not be valid. ${parsed.problem.message}`);
}

/** The definition that a file's text gives. Throws AppError INPUT_INVALID with the line. */
export function readImport(deps: CheckDeps, { fileName, text }: { fileName: string; text: string }): PersonaDefinition {
  // The name of the file gives no id here, so any will do.
  const parsed = parsePersonaFile({ file: 'persona.md', text, knownTools: deps.knownTools });
  if (!parsed.ok) {
    const { line, message } = parsed.problem;
    throw new AppError('INPUT_INVALID', `${fileName}, line ${line}: ${message}`);
  }
  const definition = definitionSchema.safeParse(definitionOf(parsed.persona));
  if (!definition.success) refuse(definition.error.issues);
  return definition.data as PersonaDefinition;
}

function refuse(issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]): never {
  const words = issues.slice(0, 5).map(({ path, message }) => `${path.map(String).join('.')}: ${message}`);
  throw new AppError('INPUT_INVALID', words.join('; '));
}

function invalid(path: string, message: string): AppError {
  return new AppError('INPUT_INVALID', `${path}: ${message}`);
}
