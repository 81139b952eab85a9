import type { OrganizationService } from '#auth/organizations.ts';
import { createOrganizationRequest, organizationView } from '../../contract/organization.ts';
import { defineRoute, type Route } from '../../route.ts';
import { presentOrganization } from './organization-view.ts';

/** POST /api/v1/organizations */
export function createCreateOrganization({
  organizations,
}: {
  organizations: Pick<OrganizationService, 'create'>;
}): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/organizations',
    tag: 'Organization',
    summary: 'Found an organization, own it and work in it',
    access: 'signed-in',
    status: 201,
    body: createOrganizationRequest,
    answer: organizationView,
    handle: async ({ identity, body }) => presentOrganization(await organizations.create(identity, body.name)),
  });
}
