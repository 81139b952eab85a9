import { z } from 'zod';
import type { ApprovalService } from '#agent/approvals/approval-service.ts';
import { approvalListQuery, approvalListView } from '../../contract/approvals.ts';
import { id } from '../../contract/common.ts';
import { pageOf, readCursor } from '../../cursor.ts';
import { defineRoute, type Route } from '../../route.ts';
import type { ApprovalPresenter } from './approval-view.ts';

const placeSchema = z.tuple([z.int(), id]);

/** GET /api/v1/approvals */
export function createListApprovals(deps: {
  approvals: Pick<ApprovalService, 'list'>;
  present: ApprovalPresenter;
}): Route {
  return defineRoute({
    method: 'get',
    path: '/api/v1/approvals',
    tag: 'Approvals',
    summary: 'What waits for a decision, or is over, newest first',
    access: 'approvals:read',
    query: approvalListQuery,
    answer: approvalListView,
    async handle({ actor, query: { cursor, limit, status } }) {
      const place = readCursor(cursor, placeSchema);
      const after = place === null ? null : { createdAt: new Date(place[0]), id: place[1] };
      const found = await deps.approvals.list(actor, { status, after, limit: limit + 1 });
      const { items, nextCursor } = pageOf(found, limit, (approval) => [approval.createdAt.getTime(), approval.id]);
      return { items: await deps.present(actor, items), nextCursor };
    },
  });
}
