import { z } from 'zod';
import type { MemberService } from '#auth/members.ts';
import { id, listQuery } from '../../contract/common.ts';
import { memberListView } from '../../contract/organization.ts';
import { pageOf, readCursor } from '../../cursor.ts';
import { defineRoute, type Route } from '../../route.ts';
import { presentMember } from './member-view.ts';

const placeSchema = z.tuple([z.int(), id]);

/** GET /api/v1/members */
export function createListMembers({ members }: { members: Pick<MemberService, 'list'> }): Route {
  return defineRoute({
    method: 'get',
    path: '/api/v1/members',
    tag: 'Organization',
    summary: 'Who belongs to the organization, in the order of joining',
    access: 'members:read',
    query: listQuery,
    answer: memberListView,
    async handle({ actor, query: { cursor, limit } }) {
      const place = readCursor(cursor, placeSchema);
      const after = place === null ? null : { joinedAt: new Date(place[0]), userId: place[1] };
      const rows = await members.list(actor, after, limit + 1);
      const { items, nextCursor } = pageOf(rows, limit, (row) => [row.joinedAt.getTime(), row.userId]);
      return { items: items.map((row) => presentMember(row, actor)), nextCursor };
    },
  });
}
