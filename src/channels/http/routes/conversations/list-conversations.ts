import type { Actor } from '#auth/actor.ts';
import { AppError } from '#errors';
import { type ConversationListView, listQuery } from '../../contract.ts';
import type { ActorOf, Route } from '../../route.ts';
import { type ConversationRow, presentConversation } from './conversation-view.ts';

/** A place in the list: the last row of the page before. */
export interface ConversationPlace {
  readonly updatedAt: Date;
  readonly id: string;
}

export interface ConversationLister {
  /** The actor's conversations, newest activity first, those after `place` only. */
  list(actor: Actor, place: ConversationPlace | null, limit: number): Promise<readonly ConversationRow[]>;
}

/** GET /api/v1/conversations */
export function createListConversations(deps: { conversations: ConversationLister; actorOf: ActorOf }): Route {
  return {
    method: 'get',
    path: '/api/v1/conversations',
    async handle(request, response) {
      const { cursor, limit } = listQuery.parse(request.query);
      const place = cursor === undefined ? null : readCursor(cursor);
      const rows = await deps.conversations.list(deps.actorOf(request), place, limit + 1);
      const page = rows.slice(0, limit);
      const last = rows.length > limit ? page.at(-1) : undefined;
      const view: ConversationListView = {
        items: page.map(presentConversation),
        nextCursor: last === undefined ? null : writeCursor(last),
      };
      response.json(view);
    },
  };
}

function writeCursor(row: ConversationPlace): string {
  return Buffer.from(`${row.updatedAt.getTime()} ${row.id}`).toString('base64url');
}

function readCursor(cursor: string): ConversationPlace {
  const match = /^(\d{1,15}) ([A-Za-z0-9_-]{1,64})$/.exec(Buffer.from(cursor, 'base64url').toString());
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new AppError('INPUT_INVALID', 'cursor: use the nextCursor of the page before, unchanged.');
  }
  return { updatedAt: new Date(Number(match[1])), id: match[2] };
}
