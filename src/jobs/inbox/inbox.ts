import { randomUUID } from 'node:crypto';
import type { InboxEntryRecord, InboxEntryRepository } from '#db/repositories/inbox-entries.ts';
import type { Job } from '../job.ts';
import type { NewNotice } from '../job-ports.ts';

/** Something for one person's inbox. */
export interface NewEntry {
  readonly organizationId: string;
  readonly userId: string;
  /** The same twice is one entry; left out, each is a new one. */
  readonly id?: string;
  readonly kind: 'answer' | 'notice';
  readonly title: string;
  /** Markdown. */
  readonly body: string;
  readonly jobId?: string | null;
  readonly jobRunId?: string | null;
}

type Person = { readonly organizationId: string; readonly id: string };

/** What people find in the console: answers of jobs, and what they have to know. */
export interface Inbox {
  /** Newest first. */
  list(
    person: Person,
    page: {
      readonly unreadOnly: boolean;
      readonly after: { readonly createdAt: Date; readonly id: string } | null;
      readonly limit: number;
    },
  ): Promise<readonly InboxEntryRecord[]>;
  countUnread(person: Person): Promise<number>;
  /** False where there is no such entry of this person; one that was read before stays so. */
  markRead(person: Person, id: string): Promise<boolean>;
  markAllRead(person: Person): Promise<void>;
  /** Joins the caller's transaction. */
  put(entry: NewEntry): Promise<void>;
  /** The same notice for several people. Joins the caller's transaction. */
  notify(notice: NewNotice): Promise<void>;
  /** A notice for whoever the job acts for. Joins the caller's transaction. */
  tellOwner(
    job: Pick<Job, 'organizationId' | 'id' | 'ownerId'>,
    notice: { readonly title: string; readonly body: string; readonly jobRunId?: string | null; readonly id?: string },
  ): Promise<void>;
}

export interface InboxDeps {
  readonly rows: InboxEntryRepository;
  readonly clock: () => Date;
}

const longestTitle = 200;
const longestBody = 200_000;

export function createInbox({ rows, clock }: InboxDeps): Inbox {
  const ownerOf = ({ organizationId, id }: Person) => ({ organizationId, userId: id });
  const put = (entries: readonly NewEntry[]) => rows.insert(entries.map((entry) => toRecord(entry, clock())));
  return {
    list: (person, page) => rows.list(ownerOf(person), page),
    countUnread: (person) => rows.countUnread(ownerOf(person)),
    markRead: (person, id) => rows.markRead(ownerOf(person), id, clock()),
    markAllRead: (person) => rows.markAllRead(ownerOf(person), clock()),
    put: (entry) => put([entry]),
    notify: ({ userIds, ...notice }) =>
      put([...new Set(userIds)].map((userId) => ({ ...notice, userId, kind: 'notice' }))),
    tellOwner: ({ organizationId, id: jobId, ownerId: userId }, notice) =>
      put([{ ...notice, organizationId, userId, kind: 'notice', jobId }]),
  };
}

function toRecord(entry: NewEntry, createdAt: Date): InboxEntryRecord {
  const { organizationId, userId, id = randomUUID(), kind, title, body, jobId = null, jobRunId = null } = entry;
  const line = title.replace(/\s+/g, ' ').trim();
  return {
    organizationId,
    id,
    userId,
    kind,
    title: cut(line === '' ? 'Without a title' : line, longestTitle),
    body: cut(body, longestBody),
    jobId,
    jobRunId,
    createdAt,
    readAt: null,
  };
}

/** Half a character at the cut is left out. */
function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).replace(/\p{Cs}$/u, '')}…`;
}
