import type { ConnectionView, IntegrationView, SignInProblem } from '#channels/http/contract/connections.ts';
import { describeError } from '../../api-client.ts';

/* What the pages say about connections, and nothing that draws. */

export type HealthState = 'working' | 'unchecked' | 'problem' | 'needs_reconnect' | 'revoked';

export const healthWords: Readonly<Record<HealthState, string>> = {
  working: 'Working',
  unchecked: 'Not checked yet',
  problem: 'Problem',
  needs_reconnect: 'Needs reconnecting',
  revoked: 'Revoked',
};

/** One word for how a connection is: what stops it altogether outweighs what the last check said. */
export function healthOf({ status, health }: Pick<ConnectionView, 'status' | 'health'>): HealthState {
  if (status !== 'active') return status;
  if (health.problem !== null) return 'problem';
  return health.lastCheckedAt === null ? 'unchecked' : 'working';
}

export const categoryWords: Readonly<Record<IntegrationView['category'], string>> = {
  databases: 'Databases',
  communication: 'Communication',
  automation: 'Automation',
};

export const ownershipWords: Readonly<Record<ConnectionView['ownership'], string>> = {
  organization: 'For the whole organization',
  personal: 'Personal',
};

const units: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 86_400_000],
  ['month', 30 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

/** How long ago, in the largest whole unit. Clocks differ: a time a little ahead is “just now”. */
export function timeAgo(iso: string, now = Date.now()): string {
  const passed = now - Date.parse(iso);
  const [unit, length] = units.find(([, milliseconds]) => passed >= milliseconds) ?? [null, 1];
  return unit === null ? 'just now' : relative.format(-Math.floor(passed / length), unit);
}

/** How old something is: `3 days old`; `new today` within the first. */
export function ageOf(iso: string, now = Date.now()): string {
  const days = Math.floor((now - Date.parse(iso)) / 86_400_000);
  if (days < 1) return 'new today';
  return days === 1 ? '1 day old' : `${days} days old`;
}

/** “a”, “a and b”, “a, b and c”. */
export function joinNames(names: readonly string[]): string {
  return new Intl.ListFormat('en-GB', { type: 'conjunction' }).format(names);
}

/** Which teams it may be used for: of those its key sees only the ones within its limits. */
export function describeReach({ limits, health }: Pick<ConnectionView, 'limits' | 'health'>): string {
  const { teams, databases, tables } = limits;
  const within = health.seen.filter(({ id }) => teams === undefined || teams.includes(id));
  if (within.length === 0) return teams === undefined ? '' : 'Its limits leave it no team.';
  const names = within.slice(0, 5).map(({ name }) => name);
  const reached = joinNames(within.length > 5 ? [...names, `${within.length - 5} more`] : names);
  if (databases !== undefined || tables !== undefined) return `It may be used for a part of ${reached}.`;
  return teams === undefined ? `It can see ${reached}.` : `It may be used for ${reached} only.`;
}

/** `1 team`, `3 teams`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** The host of an address; the address itself where it is none. */
export function hostOf(address: string): string {
  return URL.parse(address)?.host ?? address;
}

/** The title of the place a connection leads to; what is stored where the catalog does not list it any more. */
export function placeTitle(integration: IntegrationView | undefined, { place, auth, ...of }: ConnectionView): string {
  // What is signed in to has one place only: itself.
  if (auth === 'oauth' || integration?.auth === 'own' || integration?.auth === 'form')
    return integration?.title ?? of.integration;
  return integration?.places.find((one) => one.id === place)?.title ?? place;
}

/** The integration and the place in one; many places name their integration themselves. */
export function describePlace(integration: IntegrationView | undefined, connection: ConnectionView): string {
  const title = integration?.title ?? connection.integration;
  const place = placeTitle(integration, connection);
  return place.toLowerCase().includes(title.toLowerCase()) ? place : `${title}, ${place}`;
}

const signInProblemWords: Readonly<Record<SignInProblem, string>> = {
  signed_out: 'You were signed out here meanwhile. Sign in and connect once more.',
  expired: 'The sign-in took longer than ten minutes, or its link was used before. Connect once more.',
  other_session:
    'The sign-in was begun in another browser, by another person or in another organization. Connect once more here.',
  denied: 'Consent was not given at the other service. Connect once more and say yes there.',
  refused: 'What the sign-in gave cannot be used here. Check your role and what was ticked, then connect once more.',
  taken:
    'What was signed in to there is connected to another organization of this service already. It must be revoked there first.',
  failed: 'The other service did not answer as it should. Try again in a moment.',
};

/** What came of a sign-in, by the word in the address. Anybody can write an address: nothing of it is repeated. */
export function describeSignInProblem(word: string): string {
  const known = Object.entries(signInProblemWords).find(([problem]) => problem === word);
  return known?.[1] ?? signInProblemWords.failed;
}

/** Where a connection is attached: a new persona with it; the list where the person makes none or it cannot be attached. */
export function attachPath({ id, ownership }: ConnectionView, makesPersonas: boolean): string {
  const attachable = makesPersonas && ownership === 'organization';
  return attachable ? `/personas/new?connection=${encodeURIComponent(id)}` : '/personas';
}

/** What went wrong, without the name of the request's field in front of it. */
export function plainProblem(error: unknown): string {
  const text = describeError(error).replace(/^(address|key|place|integration|label|scopes|limits): /, '');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
