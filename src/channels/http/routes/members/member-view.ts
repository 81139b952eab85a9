import type { Actor } from '#auth/actor.ts';
import type { MemberView } from '../../contract/organization.ts';

export interface MemberRow {
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  readonly role: MemberView['role'];
  readonly joinedAt: Date;
}

export function presentMember({ userId, name, email, role, joinedAt }: MemberRow, actor: Actor): MemberView {
  return { id: userId, name, email, role, isYou: userId === actor.id, joinedAt: joinedAt.toISOString() };
}
