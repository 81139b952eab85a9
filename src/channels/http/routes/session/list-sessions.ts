import { z } from 'zod';
import type { AccountService } from '#auth/accounts.ts';
import { describeDevice } from '#auth/describe-device.ts';
import { id, listQuery } from '../../contract/common.ts';
import { signedInListView } from '../../contract/session.ts';
import { pageOf, readCursor } from '../../cursor.ts';
import { defineRoute, type Route } from '../../route.ts';

const placeSchema = z.tuple([z.int(), id]);

/** GET /api/v1/sessions */
export function createListSessions({ accounts }: { accounts: Pick<AccountService, 'sessions'> }): Route {
  return defineRoute({
    method: 'get',
    path: '/api/v1/sessions',
    tag: 'Session',
    summary: 'Where one is signed in, last seen first',
    access: 'signed-in',
    query: listQuery,
    answer: signedInListView,
    async handle({ identity, query: { cursor, limit } }) {
      const place = readCursor(cursor, placeSchema);
      const after = place === null ? null : { updatedAt: new Date(place[0]), id: place[1] };
      const rows = await accounts.sessions(identity, after, limit + 1);
      const { items, nextCursor } = pageOf(rows, limit, (row) => [row.updatedAt.getTime(), row.id]);
      return {
        items: items.map((session) => ({
          id: session.id,
          current: session.id === identity.sessionId,
          device: describeDevice(session.userAgent),
          ipAddress: session.ipAddress === '' ? null : session.ipAddress,
          createdAt: session.createdAt.toISOString(),
          lastSeenAt: session.updatedAt.toISOString(),
          expiresAt: session.expiresAt.toISOString(),
        })),
        nextCursor,
      };
    },
  });
}
