import type { OrganizationService } from '#auth/organizations.ts';
import { organizationView } from '../../contract/organization.ts';
import { defineRoute, type Route } from '../../route.ts';
import { presentOrganization } from './organization-view.ts';

/** GET /api/v1/organization */
export function createGetOrganization({ organizations }: { organizations: Pick<OrganizationService, 'get'> }): Route {
  return defineRoute({
    method: 'get',
    path: '/api/v1/organization',
    tag: 'Organization',
    summary: 'The organization one works in',
    access: 'members:read',
    answer: organizationView,
    handle: async ({ actor }) => presentOrganization(await organizations.get(actor)),
  });
}
