import { z } from 'zod';
import type { InvitationService } from '#auth/invitations.ts';
import { id, listQuery } from '../../contract/common.ts';
import { invitationListView } from '../../contract/organization.ts';
import { pageOf, readCursor } from '../../cursor.ts';
import { defineRoute, type Route } from '../../route.ts';
import { presentInvitation } from './invitation-view.ts';

const placeSchema = z.tuple([z.int(), id]);

/** GET /api/v1/invitations */
export function createListInvitations({ invitations }: { invitations: Pick<InvitationService, 'list'> }): Route {
  return defineRoute({
    method: 'get',
    path: '/api/v1/invitations',
    tag: 'Organization',
    summary: 'Invitations nobody has accepted yet, newest first',
    access: 'members:manage',
    query: listQuery,
    answer: invitationListView,
    async handle({ actor, query: { cursor, limit } }) {
      const place = readCursor(cursor, placeSchema);
      const after = place === null ? null : { createdAt: new Date(place[0]), id: place[1] };
      const rows = await invitations.list(actor, after, limit + 1);
      const { items, nextCursor } = pageOf(rows, limit, (row) => [row.createdAt.getTime(), row.id]);
      const now = new Date();
      return { items: items.map((row) => presentInvitation(row, now)), nextCursor };
    },
  });
}
