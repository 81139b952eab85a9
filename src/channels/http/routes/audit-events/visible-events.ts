import type { AuditEvent, AuditFilter } from '#audit/audit-event.ts';
import type { Actor } from '#auth/actor.ts';
import { may } from '#auth/permissions.ts';

type Asked = { readonly [Name in keyof AuditFilter]: AuditFilter[Name] | string | undefined };

/** The filter of a request in the record’s own terms. */
export function readFilter({ from, to, ...equal }: Asked): AuditFilter {
  const filter = { ...equal, from: readTime(from), to: readTime(to) };
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}

function readTime(time: Date | string | undefined): Date | undefined {
  return time === undefined ? undefined : new Date(time);
}

/**
 * The filter narrowed to what the caller may see: everything, or what they caused themselves. Null where nothing of it is
 * theirs to see.
 */
export function visibleTo(actor: Actor, filter: AuditFilter): AuditFilter | null {
  if (may(actor, 'audit:read')) return filter;
  if (filter.actorId !== undefined && filter.actorId !== actor.id) return null;
  return { ...filter, actorId: actor.id };
}

/** Whether the caller may see this event; the same rule as `visibleTo`. */
export function maySee(actor: Actor, event: Pick<AuditEvent, 'actorId'>): boolean {
  return visibleTo(actor, { actorId: event.actorId }) !== null;
}
