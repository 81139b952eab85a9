import type { MemberService } from '#auth/members.ts';
import { done, doneView, idPath } from '../../contract/common.ts';
import { defineRoute, type Route } from '../../route.ts';

/** DELETE /api/v1/members/:id */
export function createRemoveMember({ members }: { members: Pick<MemberService, 'remove'> }): Route {
  return defineRoute({
    method: 'delete',
    path: '/api/v1/members/:id',
    tag: 'Organization',
    summary: 'Remove a member, or leave by removing oneself',
    // Leaving is everybody’s right; whom else one may remove, the service decides.
    access: 'members:read',
    params: idPath,
    answer: doneView,
    async handle({ actor, params }) {
      await members.remove(actor, params.id);
      return done;
    },
  });
}
