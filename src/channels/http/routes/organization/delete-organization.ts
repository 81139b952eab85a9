import type { OrganizationService } from '#auth/organizations.ts';
import { done, doneView } from '../../contract/common.ts';
import { deleteOrganizationRequest } from '../../contract/organization.ts';
import { defineRoute, type Route } from '../../route.ts';

/** DELETE /api/v1/organization */
export function createDeleteOrganization({
  organizations,
}: {
  organizations: Pick<OrganizationService, 'remove'>;
}): Route {
  return defineRoute({
    method: 'delete',
    path: '/api/v1/organization',
    tag: 'Organization',
    summary: 'Delete the organization with everything in it; its name is typed again',
    access: 'organization:delete',
    body: deleteOrganizationRequest,
    answer: doneView,
    async handle({ actor, body }) {
      await organizations.remove(actor, body.name);
      return done;
    },
  });
}
