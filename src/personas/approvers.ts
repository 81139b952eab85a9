import type { Role } from '#auth/permissions.ts';
import type { Persona } from './persona-schema.ts';

export interface Member {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** Whether somebody of the role decides on approvals at all. */
  readonly decides: boolean;
}

/** Everybody who belongs to an organization now. */
export type MembersOf = (organizationId: string) => Promise<readonly Member[]>;

/** Somebody a persona names to decide on its calls. */
export interface NamedApprover {
  readonly id: string;
  /** Null for somebody who does not belong to the organization, or not any more. */
  readonly name: string | null;
  /** False as well for members whose role decides nothing. */
  readonly mayDecide: boolean;
}

export function namesPeople({ approvers }: Pick<Persona, 'approvers'>): boolean {
  return Object.values(approvers).some(({ people }) => people !== null);
}

export function nameApprovers(ids: readonly string[], members: readonly Member[]): readonly NamedApprover[] {
  return ids.map((id) => {
    const member = members.find((one) => one.id === id);
    return { id, name: member?.name ?? null, mayDecide: member?.decides ?? false };
  });
}

/** The tools that name people none of whom may decide: what they ask for is approved by nobody. */
export function toolsWithoutApprover(
  { approvers }: Pick<Persona, 'approvers'>,
  members: readonly Member[],
): readonly string[] {
  return Object.entries(approvers)
    .filter(([, { people }]) => people !== null && !nameApprovers(people, members).some(({ mayDecide }) => mayDecide))
    .map(([tool]) => tool);
}
