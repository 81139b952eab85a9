import type { OrganizationService } from '#auth/organizations.ts';
import { organizationView, renameOrganizationRequest } from '../../contract/organization.ts';
import { defineRoute, type Route } from '../../route.ts';
import { presentOrganization } from './organization-view.ts';

/** PATCH /api/v1/organization */
export function createRenameOrganization({
  organizations,
}: {
  organizations: Pick<OrganizationService, 'rename'>;
}): Route {
  return defineRoute({
    method: 'patch',
    path: '/api/v1/organization',
    tag: 'Organization',
    summary: 'Rename the organization',
    access: 'organization:manage',
    body: renameOrganizationRequest,
    answer: organizationView,
    handle: async ({ actor, body }) => presentOrganization(await organizations.rename(actor, body.name)),
  });
}
