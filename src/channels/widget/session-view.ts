import type { Actor } from '#auth/actor.ts';
import type { OutsidePerson } from '#auth/outside/outside-person.ts';
import { guestRole, may } from '#auth/permissions.ts';
import type { WidgetSessionView } from '#channels/http/contract/widget-chat.ts';
import { presentConversation } from '#channels/http/routes/conversations/conversation-view.ts';
import type { WidgetConversationRepository } from '#db/repositories/widget-conversations.ts';
import type { WidgetRecord } from '#db/repositories/widgets.ts';
import { AppError } from '#errors';
import type { PersonaDirectory } from '#personas/persona-directory.ts';
import type { Persona } from '#personas/persona-schema.ts';

export interface SessionDeps {
  readonly personas: Pick<PersonaDirectory, 'find'>;
  readonly threads: Pick<WidgetConversationRepository, 'newest'>;
  /** Titles of the tools a persona may use on the actor’s behalf, by their names. */
  readonly toolTitles: (
    persona: Persona,
    actor: Pick<Actor, 'role' | 'organizationId'>,
  ) => Promise<Readonly<Record<string, string>>>;
  /** Which stand-ins answer for this persona. */
  readonly standIns: (persona: Persona) => { readonly ninox: boolean; readonly model: boolean };
}

export interface Visiting {
  readonly widget: WidgetRecord;
  readonly person: OutsidePerson;
  readonly actor: Actor;
}

/** Throws AppError WIDGET_OFF where there is nobody to answer. */
export async function requirePersona(
  { personas }: Pick<SessionDeps, 'personas'>,
  { organizationId, personaId }: WidgetRecord,
): Promise<Persona> {
  const persona = await personas.find(organizationId, personaId);
  if (persona?.channels.includes('widget')) return persona;
  throw new AppError('WIDGET_OFF', 'Nobody answers in this chat at the moment.');
}

/** Throws AppError WIDGET_OFF where there is nobody to answer. */
export async function viewSession(deps: SessionDeps, { widget, person, actor }: Visiting): Promise<WidgetSessionView> {
  const { organizationId, id: widgetId, personaId, appearance, limits, attachments } = widget;
  const persona = await requirePersona(deps, widget);
  const newest = await deps.threads.newest({ organizationId, actorId: actor.id, widgetId }, personaId);
  return {
    visitor: { kind: kindOf(actor, person), name: actor.name },
    persona: { name: persona.name, description: persona.description, starters: [...persona.starters] },
    appearance,
    messageCharacters: limits.messageCharacters,
    attachments,
    conversation: newest === null ? null : presentConversation(newest),
    may: { decide: may(actor, 'approvals:decide'), undo: may(actor, 'undo') },
    toolTitles: { ...(await deps.toolTitles(persona, actor)) },
    standIns: { ...deps.standIns(persona) },
  };
}

function kindOf({ role }: Actor, { identified }: OutsidePerson): WidgetSessionView['visitor']['kind'] {
  if (role !== guestRole) return 'member';
  return identified ? 'identified' : 'anonymous';
}
