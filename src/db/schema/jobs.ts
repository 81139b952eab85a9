import type { Kit } from './kit.ts';

export function defineJobs(kit: Kit) {
  return kit.table(
    'jobs',
    {
      organizationId: kit.text().notNull(),
      id: kit.text().notNull(),
      /** The person it acts as. */
      ownerId: kit.text().notNull(),
      /** What it is narrowed to where an API key has made or changed it; null: whatever its owner may. */
      keyScopes: kit.json<readonly string[]>(),
      name: kit.text().notNull(),
      personaId: kit.text().notNull(),
      triggerKind: kit.text<'manual' | 'schedule' | 'webhook' | 'ninox_change'>().notNull(),
      definition: kit.json<object>().notNull(),
      status: kit.text<'active' | 'paused'>().notNull(),
      /** Why it is paused, in words for people; null where a person has paused it or it is not. */
      pausedReason: kit.text(),
      /** Counts up with every change: two writers cannot both win. */
      revision: kit.int().notNull(),
      /** The file it comes from, relative to the service's folder; null for one made in the browser. */
      file: kit.text(),
      /** The next planned instant of its schedule; null where it has none. */
      nextAt: kit.time(),
      /** The version of its hook's secret in the vault, and until when the one before it still counts. */
      hookVersion: kit.int(),
      hookOverlapUntil: kit.time(),
      /** Tables and fields it uses, by name, as they were last seen; null before the first look. */
      seenSchema: kit.json<object>(),
      /** What was renamed or removed since, in words for people; null while nothing was. */
      drift: kit.json<readonly string[]>(),
      schemaCheckedAt: kit.time(),
      createdBy: kit.text().notNull(),
      createdAt: kit.time().notNull(),
      updatedAt: kit.time().notNull(),
    },
    (table) => [
      kit.primaryKey({ columns: [table.organizationId, table.id] }),
      kit.index('jobs_due').on(table.status, table.nextAt),
      kit.index('jobs_by_change').on(table.organizationId, table.updatedAt, table.id),
      kit.index('jobs_of_owner').on(table.organizationId, table.ownerId),
    ],
  );
}

export type StoredJobRunStatus =
  | 'queued'
  | 'working'
  | 'waiting'
  | 'succeeded'
  | 'failed'
  | 'stopped'
  | 'skipped'
  | 'dead';

/** One time a job was started, or was due and not started. */
export function defineJobRuns(kit: Kit) {
  return kit.table(
    'job_runs',
    {
      organizationId: kit.text().notNull(),
      id: kit.text().primaryKey(),
      jobId: kit.text().notNull(),
      cause: kit.text<'schedule' | 'event' | 'change' | 'manual' | 'replay' | 'trial'>().notNull(),
      /** What it was started by, unique in its job: the planned instant, the event's id, the change's sequence. */
      causeKey: kit.text().notNull(),
      plannedAt: kit.time(),
      /** The job as it was then. */
      definition: kit.json<object>().notNull(),
      /** What the event brought; null where there is none. */
      payload: kit.json<unknown>(),
      /** Changes nothing: what would be changed is planned and told. */
      trial: kit.bool().notNull(),
      status: kit.text<StoredJobRunStatus>().notNull(),
      attempts: kit.int().notNull(),
      conversationId: kit.text(),
      /** The run that answers, or the last of them. */
      runId: kit.text(),
      /** Why it did not end well or was not started, in words for people. */
      problem: kit.text(),
      /** The person who has started it by hand; null where nobody has. */
      startedBy: kit.text(),
      createdAt: kit.time().notNull(),
      startedAt: kit.time(),
      endedAt: kit.time(),
    },
    (table) => [
      kit.uniqueIndex('job_runs_by_cause').on(table.organizationId, table.jobId, table.causeKey),
      kit.index('job_runs_of_job').on(table.organizationId, table.jobId, table.createdAt, table.id),
      kit.index('job_runs_by_status').on(table.status, table.createdAt),
      kit.index('job_runs_of_run').on(table.organizationId, table.runId),
    ],
  );
}

/** Where the answer of a job's run goes, each place by itself. */
export function defineJobDeliveries(kit: Kit) {
  return kit.table(
    'job_deliveries',
    {
      organizationId: kit.text().notNull(),
      id: kit.text().primaryKey(),
      jobId: kit.text().notNull(),
      jobRunId: kit.text().notNull(),
      kind: kit.text<'inbox' | 'email' | 'slack' | 'webhook'>().notNull(),
      target: kit.json<object>().notNull(),
      status: kit.text<'pending' | 'sent' | 'dead'>().notNull(),
      attempts: kit.int().notNull(),
      problem: kit.text(),
      createdAt: kit.time().notNull(),
      endedAt: kit.time(),
    },
    (table) => [
      kit.index('job_deliveries_of_run').on(table.organizationId, table.jobRunId),
      kit.index('job_deliveries_by_status').on(table.status, table.createdAt),
    ],
  );
}

/** What came in at a job's hook, refused ones too, for whoever set it up. */
export function defineHookEvents(kit: Kit) {
  return kit.table(
    'hook_events',
    {
      organizationId: kit.text().notNull(),
      id: kit.text().primaryKey(),
      jobId: kit.text().notNull(),
      /** The sender's id, by which a repetition is known; for refused ones an id of ours. */
      messageId: kit.text().notNull(),
      outcome: kit.text<'accepted' | 'filtered' | 'refused'>().notNull(),
      /** Why it started nothing, in words for people. */
      reason: kit.text(),
      /** As it came, cut where it is long; null for what was not proved to come from the sender. */
      body: kit.text(),
      jobRunId: kit.text(),
      receivedAt: kit.time().notNull(),
    },
    (table) => [
      kit.uniqueIndex('hook_events_by_message').on(table.organizationId, table.jobId, table.messageId),
      kit.index('hook_events_of_job').on(table.organizationId, table.jobId, table.receivedAt, table.id),
    ],
  );
}

/** How far a job has read the changes of a database. */
export function defineNinoxWatches(kit: Kit) {
  return kit.table(
    'ninox_watches',
    {
      organizationId: kit.text().notNull(),
      jobId: kit.text().notNull(),
      /** Team, database and table it stands for: a job that watches another one begins anew. */
      place: kit.text().notNull(),
      /** Everything up to it was read; null before the first poll, which only marks. */
      sequence: kit.int(),
      /** Counts up with every poll that was stored: two processes cannot both store theirs. */
      revision: kit.int().notNull(),
      nextAt: kit.time().notNull(),
      polledAt: kit.time(),
      /** Why the last poll failed, in words for people. */
      problem: kit.text(),
      failures: kit.int().notNull(),
    },
    (table) => [
      kit.primaryKey({ columns: [table.organizationId, table.jobId] }),
      kit.index('ninox_watches_due').on(table.nextAt),
    ],
  );
}

/** Records that calls of ours have written, so that whoever watches for changes knows them. */
export function defineTouchedRecords(kit: Kit) {
  return kit.table(
    'touched_records',
    {
      organizationId: kit.text().notNull(),
      callId: kit.text().notNull(),
      channel: kit.text().notNull(),
      databaseId: kit.text().notNull(),
      tableId: kit.text().notNull(),
      recordId: kit.text().notNull(),
      kind: kit.text<'created' | 'updated' | 'deleted'>().notNull(),
      /** The record's sequence right after; null where Ninox did not tell. */
      sequence: kit.int(),
      at: kit.time().notNull(),
    },
    (table) => [
      kit.primaryKey({ columns: [table.organizationId, table.callId, table.tableId, table.recordId] }),
      kit.index('touched_records_by_record').on(table.organizationId, table.databaseId, table.tableId, table.recordId),
      kit.index('touched_records_by_time').on(table.at),
    ],
  );
}

/** Standing approvals of a job, with what was used of them. */
export function defineMandates(kit: Kit) {
  return kit.table(
    'mandates',
    {
      organizationId: kit.text().notNull(),
      id: kit.text().primaryKey(),
      jobId: kit.text().notNull(),
      tool: kit.text().notNull(),
      limits: kit.json<object>().notNull(),
      count: kit.int().notNull(),
      used: kit.int().notNull(),
      afterOutsideText: kit.bool().notNull(),
      expiresAt: kit.time().notNull(),
      givenBy: kit.text().notNull(),
      givenAt: kit.time().notNull(),
      endedAt: kit.time(),
    },
    (table) => [kit.index('mandates_of_job').on(table.organizationId, table.jobId, table.endedAt)],
  );
}

/** What a person finds in the console: answers of jobs, and what they have to know. */
export function defineInboxEntries(kit: Kit) {
  return kit.table(
    'inbox_entries',
    {
      organizationId: kit.text().notNull(),
      id: kit.text().primaryKey(),
      userId: kit.text().notNull(),
      kind: kit.text<'answer' | 'notice'>().notNull(),
      title: kit.text().notNull(),
      /** Markdown. */
      body: kit.text().notNull(),
      jobId: kit.text(),
      jobRunId: kit.text(),
      createdAt: kit.time().notNull(),
      readAt: kit.time(),
    },
    (table) => [kit.index('inbox_entries_of_person').on(table.organizationId, table.userId, table.createdAt, table.id)],
  );
}

/** Work of the embedded queue; with Postgres another one keeps its own tables. */
export function defineQueueItems(kit: Kit) {
  return kit.table(
    'queue_items',
    {
      id: kit.text().primaryKey(),
      organizationId: kit.text().notNull(),
      topic: kit.text().notNull(),
      payload: kit.json<object>().notNull(),
      status: kit.text<'pending' | 'working' | 'done' | 'dead'>().notNull(),
      attempts: kit.int().notNull(),
      /** Not to be worked before. */
      dueAt: kit.time().notNull(),
      /** Whoever has claimed it, and until when it is theirs. */
      lease: kit.text(),
      leasedUntil: kit.time(),
      problem: kit.text(),
      createdAt: kit.time().notNull(),
      endedAt: kit.time(),
    },
    (table) => [
      kit.index('queue_items_due').on(table.topic, table.status, table.dueAt),
      kit.index('queue_items_of_organization').on(table.organizationId, table.topic, table.status),
    ],
  );
}

/** Tools that a connection's service has told of: an MCP server's, or operations out of an OpenAPI document. */
export function defineDiscoveredTools(kit: Kit) {
  return kit.table(
    'discovered_tools',
    {
      organizationId: kit.text().notNull(),
      /** As personas and models call it; unique in the organization. */
      name: kit.text().notNull(),
      connectionId: kit.text().notNull(),
      integration: kit.text().notNull(),
      /** As its own service calls it. */
      remoteName: kit.text().notNull(),
      title: kit.text().notNull(),
      description: kit.text().notNull(),
      /** JSON Schema of what it takes. */
      inputSchema: kit.json<object>().notNull(),
      /** How it is called, where that is more than its name; the integration's own shape. */
      details: kit.json<object>().notNull(),
      /** Of everything a person has approved; another one asks for approval again. */
      fingerprint: kit.text().notNull(),
      effect: kit.text<'read' | 'write' | 'destructive'>().notNull(),
      /** Only `approved` ones can be used. `changed`: it is another one now; `gone`: its service tells of it no more. */
      state: kit.text<'new' | 'approved' | 'changed' | 'gone'>().notNull(),
      /** What it has become, for a changed one. */
      offered: kit.json<object>(),
      approvedBy: kit.text(),
      approvedAt: kit.time(),
      seenAt: kit.time().notNull(),
      createdAt: kit.time().notNull(),
    },
    (table) => [
      kit.primaryKey({ columns: [table.organizationId, table.name] }),
      kit.uniqueIndex('discovered_tools_of_connection').on(table.organizationId, table.connectionId, table.remoteName),
    ],
  );
}
