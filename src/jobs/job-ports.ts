import type { AuditLog } from '#audit/audit-event.ts';
import type { Actor } from '#auth/actor.ts';
import type { Change } from '#auth/change.ts';
import type { Role } from '#auth/permissions.ts';
import type { MandateRepository } from '#db/repositories/mandates.ts';
import type { Connection, ConnectionQuestion } from '#integrations/connection.ts';
import type { Tool } from '#integrations/tool-definition.ts';
import type { Member } from '#personas/approvers.ts';
import type { PersonaDirectory } from '#personas/persona-directory.ts';
import type { Job, JobRun, StartJob } from './job.ts';
import type { Delivery, JobDefinition, ScheduleTrigger } from './job-definition.ts';
import type { PayloadSchemas } from './triggers/webhook/payload-schema.ts';

/*
 * What making and changing jobs asks of other parts.
 */

export interface JobKey {
  readonly organizationId: string;
  readonly id: string;
}

/** The last row of the page before, of a list whose newest change comes first. */
export interface JobPlace {
  readonly updatedAt: Date;
  readonly id: string;
}

export type NewJob = Pick<
  Job,
  | 'organizationId'
  | 'id'
  | 'ownerId'
  | 'keyScopes'
  | 'definition'
  | 'status'
  | 'pausedReason'
  | 'file'
  | 'nextAt'
  | 'createdBy'
>;
export type JobChange = Partial<
  Pick<Job, 'ownerId' | 'keyScopes' | 'definition' | 'status' | 'pausedReason' | 'nextAt'>
>;

/** Everything joins the caller's transaction. */
export interface JobRows {
  find(key: JobKey): Promise<Job | null>;
  /** Newest change first; `ownerId` null lists everybody's. */
  list(query: {
    readonly organizationId: string;
    readonly ownerId: string | null;
    readonly after: JobPlace | null;
    readonly limit: number;
  }): Promise<readonly Job[]>;
  insert(job: NewJob): Promise<Job>;
  /** The next revision; null, and nothing done, where `revision` is not the newest or there is no such job. */
  change(key: JobKey, revision: number, to: JobChange): Promise<Job | null>;
  remove(key: JobKey): Promise<boolean>;
  /** All that are active. */
  listActive(organizationId: string): Promise<readonly Job[]>;
  /** All that come from files, in whatever organization. */
  listInFiles(): Promise<readonly Job[]>;
}

export interface RunPlace {
  readonly createdAt: Date;
  readonly id: string;
}

export interface JobRunRows {
  find(key: JobKey): Promise<JobRun | null>;
  /** Newest first. */
  list(query: {
    readonly organizationId: string;
    readonly jobId: string;
    readonly after: RunPlace | null;
    readonly limit: number;
  }): Promise<readonly JobRun[]>;
  /** The newest of each job that has one; trials do not count. */
  lastOf(organizationId: string, jobIds: readonly string[]): Promise<readonly JobRun[]>;
}

export type ReadSchedule =
  | { readonly ok: true; readonly cron: string; readonly words: string }
  | { readonly ok: false; readonly problem: string };

export interface Schedules {
  /** What a schedule means, as it was written. */
  read(schedule: Pick<ScheduleTrigger, 'when' | 'timeZone'>): ReadSchedule;
  /** The next planned instants after `after`, at most so many. The schedule must be one that is understood. */
  next(schedule: ScheduleTrigger, after: Date, count: number): readonly Date[];
}

/** Somebody who belongs to the organization. */
export interface JobPerson {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
}

export interface JobPeople {
  find(organizationId: string, userId: string): Promise<JobPerson | null>;
  findByEmail(organizationId: string, email: string): Promise<JobPerson | null>;
  list(organizationId: string): Promise<readonly Member[]>;
}

export interface JobConnections {
  byId(organizationId: string, id: string): Promise<Connection | null>;
  /** The one a call would use, revoked ones included where there is no other. */
  find(question: ConnectionQuestion): Promise<Connection | null>;
}

export interface JobTools {
  find(organizationId: string, name: string): Promise<Tool | null>;
  list(organizationId: string): Promise<readonly Tool[]>;
}

/** What polls for changes. Everything joins the caller's transaction. */
export interface JobWatches {
  /** Keeps how far it has read where the job watches the same place, and begins anew otherwise. */
  put(job: Job): Promise<void>;
  /** Does nothing where there is none. */
  remove(job: JobKey): Promise<void>;
  /** Why the last look failed, in words for people; null where it did not. */
  problemOf(job: JobKey): Promise<string | null>;
}

export interface JobHooks {
  urlOf(job: JobKey): string;
  /** Forgets secrets and events of a job that is gone. Joins the caller's transaction. */
  forget(job: JobKey): Promise<void>;
}

/** A place where a run's answer goes, as it is stored. */
export interface StoredDelivery {
  readonly organizationId: string;
  readonly id: string;
  readonly jobId: string;
  readonly jobRunId: string;
  readonly kind: Delivery['kind'];
  readonly target: object;
  readonly status: 'pending' | 'sent' | 'dead';
  readonly attempts: number;
  readonly problem: string | null;
  readonly endedAt: Date | null;
}

export interface DeliveryTest {
  readonly sent: boolean;
  readonly problem: string | null;
}

export interface JobDeliveries {
  /** In the order in which the job names them. */
  ofRuns(organizationId: string, jobRunIds: readonly string[]): Promise<readonly StoredDelivery[]>;
  find(key: JobKey): Promise<StoredDelivery | null>;
  /** A dead one is sent anew, with all its attempts. False where it is not dead. */
  replay(key: JobKey): Promise<boolean>;
  /** Sends a short message there now, on the person's behalf. */
  test(actor: Actor, delivery: Delivery): Promise<DeliveryTest>;
}

/** Runs of definitions that are stored nowhere: they read, and plan what they would change. */
export interface JobTrials {
  start(actor: Actor, trial: { readonly definition: JobDefinition; readonly payload: unknown }): Promise<JobRun>;
  /** Null where the person has begun no such trial. */
  find(actor: Actor, id: string): Promise<JobTrial | null>;
}

export interface JobTrial {
  readonly run: JobRun;
  /** In Markdown; null until it has ended. */
  readonly answer: string | null;
  readonly wouldChange: readonly { readonly tool: string; readonly summary: string }[];
}

export interface NewNotice {
  readonly organizationId: string;
  readonly userIds: readonly string[];
  readonly title: string;
  /** Markdown. */
  readonly body: string;
  readonly jobId: string;
}

export interface JobDeps {
  readonly jobs: JobRows;
  readonly runs: JobRunRows;
  readonly mandates: MandateRepository;
  readonly startJob: StartJob;
  readonly watches: JobWatches;
  readonly hooks: JobHooks;
  readonly deliveries: JobDeliveries;
  readonly trials: JobTrials;
  readonly schedules: Schedules;
  readonly schemas: PayloadSchemas;
  readonly personas: Pick<PersonaDirectory, 'entry' | 'find'>;
  readonly tools: JobTools;
  readonly connections: JobConnections;
  readonly people: JobPeople;
  readonly modelProblem: (model: string) => string | null;
  /** Why the service itself sends no mail, or null. */
  readonly mailProblem: () => string | null;
  /** Puts a notice into inboxes. Joins the caller's transaction. */
  readonly notify: (notice: NewNotice) => Promise<void>;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly change: Change;
  /** Names of people by their ids; the unknown are left out. */
  readonly namesOf: (organizationId: string, ids: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  readonly clock: () => Date;
}
