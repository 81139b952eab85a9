import type { MemberView } from '#channels/http/contract/organization.ts';
import { permissionWords } from '../../../words.ts';
import type { Rule } from '../approval-words.ts';

export type Member = Pick<MemberView, 'id' | 'name' | 'role' | 'isYou'>;

export function maySayYes({ role }: Pick<Member, 'role'>): boolean {
  return permissionWords['approvals:decide'].roles.includes(role);
}

/** Names for the ids of chosen members; null for whoever does not belong to the organization any more. */
export function nameMembers(ids: readonly string[], members: readonly Member[]): readonly { name: string | null }[] {
  return ids.map((id) => ({ name: members.find((member) => member.id === id)?.name ?? null }));
}

export interface DeadEnd {
  /** `nobody`: whatever is asked stays undecided; `somebody`: only what certain people ask for does. */
  readonly kind: 'nobody' | 'somebody';
  readonly message: string;
}

/** Where a rule leaves nobody to decide; null where it does not. */
export function findDeadEnd(
  { people, fourEyes }: Pick<Rule, 'people' | 'fourEyes'>,
  members: readonly Member[],
): DeadEnd | null {
  if (people === null) {
    const managers = members.filter(({ role }) => permissionWords['approvals:manage'].roles.includes(role));
    return fourEyes && managers.length === 1 ? loneDecider(managers[0], 'the only owner or admin') : null;
  }
  const able = members.filter((member) => people.includes(member.id) && maySayYes(member));
  if (able.length === 0 && people.length > 0) {
    return {
      kind: 'nobody',
      message:
        'Nobody can approve: everybody chosen has left the organization or may not decide. Choose somebody else.',
    };
  }
  return fourEyes && able.length === 1 ? loneDecider(able[0], 'the only one who decides') : null;
}

function loneDecider(member: Member | undefined, why: string): DeadEnd | null {
  if (member === undefined) return null;
  const [who, whose] = member.isYou ? ['You are', 'you'] : [`${member.name} is`, member.name];
  return {
    kind: 'somebody',
    message: `${who} ${why}, so nobody can approve what ${whose} ${member.isYou ? 'ask' : 'asks'} for.`,
  };
}
