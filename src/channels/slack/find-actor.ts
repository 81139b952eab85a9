import type { Actor } from '#auth/actor.ts';
import { may } from '#auth/permissions.ts';
import type { Persona } from '#personas/persona-schema.ts';
import type { HandlerDeps } from './handler-deps.ts';
import type { SlackWorkspace } from './ports.ts';
import { howToLink } from './words.ts';

/** As whom somebody acts when a persona answers them; or, in plain words, why it does not. */
export async function actorOf(
  { people, publicUrl }: Pick<HandlerDeps, 'people' | 'publicUrl'>,
  workspace: SlackWorkspace,
  { persona, slackUserId }: { readonly persona: Persona; readonly slackUserId: string },
): Promise<Actor | string> {
  const member = await people.memberOf(workspace, slackUserId);
  if (member !== null) {
    return may(member, 'chat') ? member : 'Your role in the organization reads, and does not write to personas.';
  }
  if (persona.guests !== null) return people.guestOf(workspace, slackUserId);
  return `“${persona.name}” answers members of its organization, and does not know yet whether you are one. ${howToLink(publicUrl())}`;
}
