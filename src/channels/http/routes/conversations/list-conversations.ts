import { z } from 'zod';
import type { Actor } from '#auth/actor.ts';
import { id, listQuery } from '../../contract/common.ts';
import { conversationListView } from '../../contract/conversations.ts';
import { pageOf, readCursor } from '../../cursor.ts';
import { defineRoute, type Route } from '../../route.ts';
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

const placeSchema = z.tuple([z.int(), id]);

/** GET /api/v1/conversations */
export function createListConversations(deps: { conversations: ConversationLister }): Route {
  return defineRoute({
    method: 'get',
    path: '/api/v1/conversations',
    tag: 'Conversations',
    summary: 'One’s own conversations, newest activity first',
    access: 'chat',
    query: listQuery,
    answer: conversationListView,
    async handle({ actor, query: { cursor, limit } }) {
      const place = readCursor(cursor, placeSchema);
      const after = place === null ? null : { updatedAt: new Date(place[0]), id: place[1] };
      const rows = await deps.conversations.list(actor, after, limit + 1);
      const page = pageOf(rows, limit, (row) => [row.updatedAt.getTime(), row.id]);
      return { items: page.items.map(presentConversation), nextCursor: page.nextCursor };
    },
  });
}
