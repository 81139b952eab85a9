import type { Persona } from '#personas/persona-schema.ts';
import type { SlackWorkspace, SlackWorkspaces } from './ports.ts';

export interface PersonaChoiceDeps {
  readonly personas: {
    find(organizationId: string, id: string): Promise<Persona | null>;
    list(organizationId: string): Promise<readonly Persona[]>;
  };
  readonly workspaces: Pick<SlackWorkspaces, 'personaFor'>;
}

export type PersonaChoice =
  | { readonly persona: Persona; readonly problem?: undefined }
  /** In plain words, for a person. */
  | { readonly persona: null; readonly problem: string };

/** All that answer in Slack, by name. */
export async function slackPersonas(
  { personas }: Pick<PersonaChoiceDeps, 'personas'>,
  organizationId: string,
): Promise<readonly Persona[]> {
  return (await personas.list(organizationId)).filter(({ channels }) => channels.includes('slack'));
}

/** Who answers in a channel: the one chosen for it, else the workspace's, else the first that answers in Slack. */
export async function personaOfChannel(
  deps: PersonaChoiceDeps,
  workspace: SlackWorkspace,
  channelId: string,
): Promise<PersonaChoice> {
  const { organizationId } = workspace;
  const chosen = await deps.workspaces.personaFor(workspace, channelId);
  if (chosen !== null) return namedPersona(deps, organizationId, chosen);
  const [first] = await slackPersonas(deps, organizationId);
  if (first !== undefined) return { persona: first };
  return {
    persona: null,
    problem:
      'No persona answers in Slack yet. Whoever manages personas can add the channel “slack” to one of them in the console.',
  };
}

/** One that was chosen before, as it is now. */
export async function namedPersona(
  { personas }: Pick<PersonaChoiceDeps, 'personas'>,
  organizationId: string,
  id: string,
): Promise<PersonaChoice> {
  const persona = await personas.find(organizationId, id);
  if (persona === null) {
    return {
      persona: null,
      problem:
        'The persona that answered here is not there any more. Choose another one with `/persona`, and begin a new thread.',
    };
  }
  if (persona.channels.includes('slack')) return { persona };
  return {
    persona: null,
    problem: `“${persona.name}” does not answer in Slack any more. Choose another persona with \`/persona\`, and begin a new thread.`,
  };
}
