import type { ApprovalService } from '#agent/approvals/approval-service.ts';
import type { Actor } from '#auth/actor.ts';
import type { Identity } from '#auth/identity.ts';
import { idPath } from '#channels/http/contract/common.ts';
import type { Route } from '#channels/http/route.ts';
import { type ApprovalPresenterDeps, createApprovalPresenter } from '#channels/http/routes/approvals/approval-view.ts';
import { createDecideApproval } from '#channels/http/routes/approvals/decide-approval.ts';
import { createGetApproval } from '#channels/http/routes/approvals/get-approval.ts';
import { createEffectRoutes, type EffectRouteDeps } from '#channels/http/routes/effects/create-effect-routes.ts';
import { AppError } from '#errors';

export interface MemberRouteDeps {
  readonly approvals: Pick<ApprovalService, 'find' | 'decide'>;
  readonly approvalView: ApprovalPresenterDeps;
  readonly effects: EffectRouteDeps;
  /** Throws AppError NOT_FOUND for a conversation that is not the actor's own in the widget of the request. */
  readonly requireThread: (asked: Asked) => Promise<unknown>;
}

interface Asked {
  readonly identity: Identity;
  readonly actor: Actor;
  readonly id: string;
}

const channel = 'widget';

/**
 * What linked members decide and take back; whoever is none does not hold the permission. Only of their own conversations
 * in this widget: that it is the member, nobody but the site has said.
 */
export function createMemberRoutes({
  approvals,
  approvalView,
  effects: { undo },
  requireThread,
}: MemberRouteDeps): readonly Route[] {
  const present = createApprovalPresenter(approvalView);
  const decide: typeof approvals.decide = (actor, request) => approvals.decide(actor, { ...request, channel });
  const ofApproval = async (actor: Actor, id: string) => (await approvals.find(actor, id)).conversationId;
  const ofEffect = async (actor: Actor, id: string) => (await undo.view(actor, id)).effect.conversationId;
  const takingBack = { undo: { ...undo, undo: (actor: Actor, id: string) => undo.undo(actor, id, channel) } };

  const here = (route: Route, conversationOf: typeof ofApproval): Route => ({
    ...route,
    path: belowVisitorApi(route.path),
    async serve(request, response, caller) {
      const { identity, actor } = caller;
      if (identity === null || actor === null) throw new AppError('SIGN_IN_REQUIRED', 'Nobody has asked.');
      const { id } = idPath.parse(request.params);
      await requireThread({ identity, actor, id: await conversationOf(actor, id) });
      return route.serve(request, response, caller);
    },
  });
  return [
    ...[createGetApproval({ approvals, present }), createDecideApproval({ approvals: { decide }, present })].map(
      (route) => here(route, ofApproval),
    ),
    ...createEffectRoutes(takingBack).map((route) => here(route, ofEffect)),
  ];
}

function belowVisitorApi(path: string): Route['path'] {
  return `/api/widget/v1/${path.slice('/api/v1/'.length)}`;
}
