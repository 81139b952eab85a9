import type { OrganizationView } from '../../contract/organization.ts';

export interface OrganizationRow {
  readonly id: string;
  readonly name: string;
  readonly isDemo: boolean;
  readonly createdAt: Date;
}

export function presentOrganization({ id, name, isDemo, createdAt }: OrganizationRow): OrganizationView {
  return { id, name, isDemo, createdAt: createdAt.toISOString() };
}
