import type { InvitationService } from '#auth/invitations.ts';
import { done, doneView, idPath } from '../../contract/common.ts';
import { defineRoute, type Route } from '../../route.ts';

/** DELETE /api/v1/invitations/:id */
export function createWithdrawInvitation({ invitations }: { invitations: Pick<InvitationService, 'withdraw'> }): Route {
  return defineRoute({
    method: 'delete',
    path: '/api/v1/invitations/:id',
    tag: 'Organization',
    summary: 'Withdraw an invitation; its link stops working',
    access: 'members:manage',
    params: idPath,
    answer: doneView,
    async handle({ actor, params }) {
      await invitations.withdraw(actor, params.id);
      return done;
    },
  });
}
