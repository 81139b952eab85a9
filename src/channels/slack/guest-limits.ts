import type { Actor } from '#auth/actor.ts';
import { guestRole } from '#auth/permissions.ts';
import type { MessageCountRepository } from '#db/repositories/message-counts.ts';
import type { SlackWorkspace } from './ports.ts';

export interface GuestLimitDeps {
  readonly counts: Pick<MessageCountRepository, 'add' | 'takeBack'>;
  readonly clock: () => Date;
}

/** What guests may ask for in a day, in UTC. Members are held by nothing here: whoever wants to knows who they are. */
export const guestsPerDay = { each: 100, workspace: 1_000 } as const;

const nothing = async () => undefined;

/** Counts a guest's message. Answers how to take it back where nothing comes of it; or, in plain words, why it is not read. */
export async function countGuest(
  { counts, clock }: GuestLimitDeps,
  { organizationId, connectionId }: SlackWorkspace,
  { id, role }: Actor,
): Promise<(() => Promise<void>) | string> {
  if (role !== guestRole) return nothing;
  const day = { organizationId, day: clock().toISOString().slice(0, 10) };
  const all = `guests of ${connectionId}`;
  const reached = await counts.add(day, [
    { subject: id, limit: guestsPerDay.each },
    { subject: all, limit: guestsPerDay.workspace },
  ]);
  if (reached === null) return () => counts.takeBack(day, [id, all]);
  const whose = reached === id ? 'you have' : 'all guests of this workspace together have';
  return `Today ${whose} sent as many messages as guests may, so this one was not read. Come back tomorrow, or link your account if you are a member.`;
}
