import type { PersonaView } from '#channels/http/contract/personas.ts';
import { describeScope } from '../../words.ts';

/* What is done for people who do not belong to the organization, said in sentences. */

type Guests = NonNullable<PersonaView['guests']>;

/** Who guests are, wherever they are spoken of. */
export const whoGuestsAre =
  'People who do not belong to the organization: visitors of your web sites, and people in Slack who are not linked with a member.';

const list = new Intl.ListFormat('en', { type: 'conjunction' });

/** “Answered, reading only: See teams and See databases.” Limits are told apart from it. */
export function describeGuests(guests: { readonly scopes: readonly string[] } | null): string {
  if (guests === null) return 'Not answered.';
  if (guests.scopes.length === 0) return 'Answered, but nothing is looked up for them.';
  return `Answered, reading only: ${list.format(guests.scopes.map((scope) => describeScope(scope) ?? scope))}.`;
}

/** Whether guests have limits of their own beside the persona's. */
export function areLimited({ limits }: Pick<Guests, 'limits'>): boolean {
  return Object.values(limits).some((ids) => ids !== undefined);
}
