import type { ConnectionView } from '#channels/http/contract/connections.ts';
import { type Limits, sameLimits, sameList } from '../../components/limits.ts';

/** What can be changed of a connection after it was made. */
export interface RightsDraft {
  readonly label: string;
  readonly scopes: readonly string[];
  readonly limits: Limits;
  readonly limitNames: Readonly<Record<string, string>>;
}

export function rightsOf({ label, scopes, limits, limitNames }: RightsDraft): RightsDraft {
  return { label, scopes, limits, limitNames };
}

export function isChanged(draft: RightsDraft, from: RightsDraft): boolean {
  return (
    draft.label.trim() !== from.label || !sameList(draft.scopes, from.scopes) || !sameLimits(draft.limits, from.limits)
  );
}

/** What a person would be told before saving, or null. */
export function problemOf(draft: RightsDraft): { readonly field: 'label' | 'scopes'; readonly text: string } | null {
  if (draft.label.trim() === '') return { field: 'label', text: 'Give it a name.' };
  if (draft.scopes.length > 0) return null;
  return {
    field: 'scopes',
    text: 'Tick at least one permission. To take the connection away from every persona, revoke it below.',
  };
}

export interface Editing {
  /** The connection the change is made on. */
  readonly base: ConnectionView;
  readonly draft: RightsDraft;
}

/** What the form holds once a newer connection is there: a change somebody began is never overwritten. */
export function follow(editing: Editing, connection: ConnectionView): Editing {
  const same = connection.revision === editing.base.revision;
  if (same || isChanged(editing.draft, editing.base)) return editing;
  return { base: connection, draft: rightsOf(connection) };
}
