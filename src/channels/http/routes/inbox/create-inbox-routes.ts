import { z } from 'zod';
import type { Actor } from '#auth/actor.ts';
import { AppError } from '#errors';
import { done, doneView, id, idPath } from '../../contract/common.ts';
import { type InboxEntryView, inboxListView, inboxQuery } from '../../contract/jobs.ts';
import { pageOf, readCursor } from '../../cursor.ts';
import { defineRoute, type Route } from '../../route.ts';

export interface InboxRow {
  readonly id: string;
  readonly kind: 'answer' | 'notice';
  readonly title: string;
  readonly body: string;
  readonly jobId: string | null;
  readonly jobRunId: string | null;
  readonly createdAt: Date;
  readonly readAt: Date | null;
}

type Person = Pick<Actor, 'organizationId' | 'id'>;

/** A person’s own inbox in the organization they work in. */
export interface InboxReader {
  /** Newest first. */
  list(
    person: Person,
    page: {
      readonly unreadOnly: boolean;
      readonly after: { readonly createdAt: Date; readonly id: string } | null;
      readonly limit: number;
    },
  ): Promise<readonly InboxRow[]>;
  countUnread(person: Person): Promise<number>;
  /** False where there is no such entry of this person; one that was read before stays so. */
  markRead(person: Person, id: string): Promise<boolean>;
  markAllRead(person: Person): Promise<void>;
}

export interface InboxRouteDeps {
  readonly inbox: InboxReader;
}

/** Every endpoint of the inbox in the console. */
export function createInboxRoutes(deps: InboxRouteDeps): readonly Route[] {
  return [createListInbox(deps), createReadEntry(deps), createReadAll(deps)];
}

const placeSchema = z.tuple([z.int(), id]);

function createListInbox({ inbox }: InboxRouteDeps): Route {
  return defineRoute({
    method: 'get',
    path: '/api/v1/inbox',
    tag: 'Inbox',
    summary: 'One’s own inbox: what jobs answered and what has to be known, newest first',
    access: 'jobs:own',
    query: inboxQuery,
    answer: inboxListView,
    async handle({ actor, query: { cursor, limit, unread } }) {
      const place = readCursor(cursor, placeSchema);
      const after = place === null ? null : { createdAt: new Date(place[0]), id: place[1] };
      const rows = await inbox.list(actor, { unreadOnly: unread === 'true', after, limit: limit + 1 });
      const page = pageOf(rows, limit, (row) => [row.createdAt.getTime(), row.id]);
      return {
        items: page.items.map(presentEntry),
        nextCursor: page.nextCursor,
        unread: await inbox.countUnread(actor),
      };
    },
  });
}

function createReadEntry({ inbox }: InboxRouteDeps): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/inbox/:id/read',
    tag: 'Inbox',
    summary: 'Mark an entry of one’s own inbox as read',
    access: 'jobs:own',
    params: idPath,
    answer: doneView,
    async handle({ actor, params }) {
      if (await inbox.markRead(actor, params.id)) return done;
      throw new AppError('NOT_FOUND', 'There is no such entry in your inbox.');
    },
  });
}

function createReadAll({ inbox }: InboxRouteDeps): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/inbox/read-all',
    tag: 'Inbox',
    summary: 'Mark everything in one’s own inbox as read',
    access: 'jobs:own',
    answer: doneView,
    async handle({ actor }) {
      await inbox.markAllRead(actor);
      return done;
    },
  });
}

function presentEntry({ id: entryId, kind, title, body, jobId, jobRunId, ...times }: InboxRow): InboxEntryView {
  const createdAt = times.createdAt.toISOString();
  return { id: entryId, kind, title, body, jobId, jobRunId, createdAt, readAt: times.readAt?.toISOString() ?? null };
}
