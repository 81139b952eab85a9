import type { MemberService } from '#auth/members.ts';
import { idPath } from '../../contract/common.ts';
import { changeMemberRequest, memberView } from '../../contract/organization.ts';
import { defineRoute, type Route } from '../../route.ts';
import { presentMember } from './member-view.ts';

/** PATCH /api/v1/members/:id */
export function createChangeMember({ members }: { members: Pick<MemberService, 'changeRole'> }): Route {
  return defineRoute({
    method: 'patch',
    path: '/api/v1/members/:id',
    tag: 'Organization',
    summary: 'Change a member’s role',
    access: 'members:manage',
    params: idPath,
    body: changeMemberRequest,
    answer: memberView,
    handle: async ({ actor, params, body }) =>
      presentMember(await members.changeRole(actor, params.id, body.role), actor),
  });
}
