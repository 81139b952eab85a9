import type { AuditLog } from '#audit/audit-event.ts';
import type { JobDeliveryRepository } from '#db/repositories/job-deliveries.ts';
import type { Connection } from '#integrations/connection.ts';
import type { HookEgress } from '#integrations/egress.ts';
import type { HookKeys } from '#vault/hook-keys.ts';
import type { Inbox } from '../inbox/inbox.ts';
import type { JobRun } from '../job.ts';
import type { JobDeps } from '../job-ports.ts';
import type { Queue } from '../queue.ts';

/*
 * What sending answers asks of other parts.
 */

/** One mail to several people, as it goes out. */
export interface OutgoingMail {
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Stays the same when it is sent again, so that whoever gets it twice can tell. */
  readonly id: string;
}

/** `refused`: those that the server did not take; at least one was taken. */
export interface SentMail {
  readonly refused: readonly string[];
}

export interface MailDoor {
  /** Over a connection. Throws UpstreamError. */
  send(connection: Connection, mail: OutgoingMail, signal: AbortSignal): Promise<SentMail>;
}

export interface SlackDoor {
  /**
   * Posts Markdown in a channel or to a person, in as many messages as it takes. Nothing in it calls anybody. Throws
   * UpstreamError.
   */
  post(
    connection: Connection,
    post: { readonly channel: string; readonly text: string },
    signal: AbortSignal,
  ): Promise<void>;
}

/** The service's own mail. */
export interface OwnMailer {
  send(mail: { to: string; subject: string; text: string; html: string; id?: string }): Promise<void>;
}

export interface DeliveryDeps extends Pick<JobDeps, 'connections' | 'people' | 'mailProblem' | 'jobs' | 'runs'> {
  readonly rows: JobDeliveryRepository;
  readonly inbox: Pick<Inbox, 'put' | 'tellOwner'>;
  readonly queue: Pick<Queue, 'add'>;
  readonly mail: MailDoor;
  /** Null where the service sends no mail of its own. */
  readonly mailer: OwnMailer | null;
  readonly slack: SlackDoor;
  readonly hooks: HookEgress;
  readonly keys: Pick<HookKeys, 'signOutbound'>;
  /** What the run has answered, in Markdown; null where it has not. */
  readonly answerOf: (run: JobRun) => Promise<string | null>;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly transaction: <T>(work: () => Promise<T>) => Promise<T>;
  readonly durable: () => Promise<void>;
  readonly publicUrl: () => string;
  /** Takes every secret in use out of what is sent. */
  readonly scrub: (text: string) => string;
  readonly clock: () => Date;
}

/** It cannot work before somebody has changed something, so it is not tried again by itself. In words for people. */
export class DeliveryRefused extends Error {}
