import type { ConnectionTestView, ConnectionView, IntegrationView } from '#channels/http/contract/connections.ts';
import type { Limits } from '../../components/limits.ts';
import type { NewConnection, Target } from './api.ts';

/** What was typed so far on the way to a connection. It lives in the page's memory only, the key above all. */
export interface Draft {
  readonly place: string;
  readonly address: string;
  readonly key: string;
  /** The last test that went well, with what it was a test of. */
  readonly tested: { readonly of: string; readonly result: ConnectionTestView } | null;
  readonly label: string;
  readonly ownership: ConnectionView['ownership'];
  readonly scopes: readonly string[];
  readonly limits: Limits;
  readonly limitNames: Readonly<Record<string, string>>;
}

export const keySteps = ['place', 'key', 'details', 'permissions', 'limits'] as const;
export const signInSteps = ['details', 'permissions', 'sign-in'] as const;
export type Step = (typeof keySteps)[number] | (typeof signInSteps)[number];

export const stepTitles: Readonly<Record<Step, string>> = {
  place: 'Where',
  key: 'Key',
  details: 'Name',
  permissions: 'Permissions',
  limits: 'Limits',
  'sign-in': 'Sign in',
};

type Place = IntegrationView['places'][number];

/** Everything that only reads is ticked; what takes data away is for the person to tick. */
export function newDraft(integration: IntegrationView, ownership: ConnectionView['ownership']): Draft {
  return {
    place: placesOf(integration)[0]?.id ?? '',
    address: '',
    key: '',
    tested: null,
    label: integration.title,
    ownership,
    scopes: integration.scopes.filter(({ effect }) => effect === 'read').map(({ scope }) => scope),
    limits: {},
    limitNames: {},
  };
}

/** What is somebody's own first, the stand-in last. */
export function placesOf({ places }: IntegrationView): readonly Place[] {
  return [...places.filter((place) => !place.bringsKey), ...places.filter((place) => place.bringsKey)];
}

export function placeOf(draft: Draft, integration: IntegrationView): Place | undefined {
  return integration.places.find((place) => place.id === draft.place);
}

export function asksAddress(place: Place | undefined): boolean {
  return place !== undefined && place.baseUrl === null && !place.bringsKey;
}

export function targetOf(draft: Draft, integration: IntegrationView): Target & { key?: string } {
  const place = placeOf(draft, integration);
  return {
    integration: integration.name,
    place: draft.place,
    ...(asksAddress(place) ? { address: draft.address.trim() } : {}),
    ...(place?.bringsKey === true ? {} : { key: draft.key.trim() }),
  };
}

/** What the test said about exactly what is typed now; null when something was changed since. */
export function testedNow(draft: Draft, integration: IntegrationView): ConnectionTestView | null {
  return draft.tested?.of === testOf(draft, integration) ? draft.tested.result : null;
}

export function testOf(draft: Draft, integration: IntegrationView): string {
  return JSON.stringify(targetOf(draft, integration));
}

/** Why a step cannot be left yet, in words, or null. */
export function missingIn(step: Step, draft: Draft, integration: IntegrationView): string | null {
  if (step === 'place' && asksAddress(placeOf(draft, integration)) && draft.address.trim() === '') {
    return 'Fill in the address of the server.';
  }
  if (step === 'key') {
    const tested = testedNow(draft, integration);
    return tested === null || tested.sees.length === 0 ? 'Test the key first.' : null;
  }
  if (step === 'details' && draft.label.trim() === '') return 'Give it a name.';
  if (step === 'permissions' && draft.scopes.length === 0) {
    return 'Tick at least one permission: without any, no persona could use the connection.';
  }
  return null;
}

/** The step to stand at: the wanted one, or the first before it that is not done. */
export function stepToShow(wanted: string | null, steps: readonly Step[], done: (step: Step) => boolean): Step {
  const index = Math.max(0, (steps as readonly (string | null)[]).indexOf(wanted));
  const open = steps.slice(0, index).find((step) => !done(step));
  return open ?? steps[index] ?? 'details';
}

export function toNewConnection(draft: Draft, integration: IntegrationView): NewConnection {
  return {
    ...targetOf(draft, integration),
    label: draft.label.trim(),
    ownership: draft.ownership,
    scopes: draft.scopes,
    limits: draft.limits,
    limitNames: draft.limitNames,
  };
}
