import type { OrganizationService } from '#auth/organizations.ts';
import { done, doneView } from '../../contract/common.ts';
import { chooseOrganizationRequest } from '../../contract/session.ts';
import { defineRoute, type Route } from '../../route.ts';

/** POST /api/v1/session/organization */
export function createChooseOrganization({
  organizations,
}: {
  organizations: Pick<OrganizationService, 'choose'>;
}): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/session/organization',
    tag: 'Session',
    summary: 'Work in another organization one belongs to',
    access: 'signed-in',
    body: chooseOrganizationRequest,
    answer: doneView,
    async handle({ identity, body }) {
      await organizations.choose(identity, body.organizationId);
      return done;
    },
  });
}
