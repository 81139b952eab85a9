import type { MemberService } from '#auth/members.ts';
import { AppError } from '#errors';
import { done, doneView } from '../../contract/common.ts';
import { defineRoute, type Route } from '../../route.ts';

/** POST /api/v1/organization/leave */
export function createLeaveOrganization({ members }: { members: Pick<MemberService, 'remove'> }): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/organization/leave',
    tag: 'Organization',
    summary: 'Leave the organization one works in',
    access: 'signed-in',
    answer: doneView,
    async handle({ actor }) {
      if (actor === null) throw new AppError('FORBIDDEN', 'You belong to no organization that you could leave.');
      await members.remove(actor, actor.id);
      return done;
    },
  });
}
