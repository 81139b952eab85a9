import type { JobRunRecord, JobRunRepository } from '#db/repositories/job-runs.ts';
import type { JobRecord, JobRepository } from '#db/repositories/jobs.ts';
import type { Job, JobRun } from './job.ts';
import { type JobDefinition, jobDefinitionSchema } from './job-definition.ts';
import type { JobChange, JobRows, JobRunRows, NewJob } from './job-ports.ts';

/** A job out of its row. Settings that came later have their defaults. Throws where the row holds no job. */
export function toJob({ seenSchema: _seen, schemaCheckedAt: _checked, ...record }: JobRecord): Job {
  const { name: _name, personaId: _personaId, triggerKind: _triggerKind, drift, ...rest } = record;
  return { ...rest, drift: drift ?? [], definition: readDefinition(record.definition) };
}

export function toJobRun(record: JobRunRecord): JobRun {
  return { ...record, definition: readDefinition(record.definition) };
}

function readDefinition(stored: object): JobDefinition {
  return jobDefinitionSchema.parse(stored);
}

export interface StoredJobsDeps {
  readonly rows: JobRepository;
  readonly clock: () => Date;
}

/** Jobs as the rest of the service knows them. */
export function createJobRows({ rows, clock }: StoredJobsDeps): JobRows {
  return {
    find: async (key) => orNull(await rows.find(key), toJob),
    list: async (query) => (await rows.list(query)).map(toJob),
    async insert(job) {
      const record = newRecord(job, clock());
      await rows.insert(record);
      return toJob(record);
    },
    change: async (key, revision, to) => orNull(await rows.change(key, revision, changeOf(to, clock())), toJob),
    remove: (key) => rows.remove(key),
    listActive: async (organizationId) => (await rows.listActive(organizationId)).map(toJob),
    listInFiles: async () => (await rows.listInFiles()).map(toJob),
  };
}

export function createJobRunRows(rows: Pick<JobRunRepository, 'find' | 'list' | 'lastOf'>): JobRunRows {
  return {
    find: async (key) => orNull(await rows.find(key), toJobRun),
    list: async (query) => (await rows.list(query)).map(toJobRun),
    lastOf: async (organizationId, jobIds) => (await rows.lastOf(organizationId, jobIds)).map(toJobRun),
  };
}

function orNull<Row, Result>(row: Row | null, read: (row: Row) => Result): Result | null {
  return row === null ? null : read(row);
}

function newRecord({ definition, ...job }: NewJob, at: Date): JobRecord {
  return {
    ...job,
    ...factsOf(definition),
    revision: 1,
    hookVersion: null,
    hookOverlapUntil: null,
    seenSchema: null,
    drift: null,
    schemaCheckedAt: null,
    createdAt: at,
    updatedAt: at,
  };
}

function changeOf({ definition, ...to }: JobChange, at: Date): Partial<JobRecord> {
  return { ...to, ...(definition === undefined ? {} : factsOf(definition)), updatedAt: at };
}

/** What of a definition has columns of its own. */
function factsOf(definition: JobDefinition) {
  return { definition, name: definition.name, personaId: definition.persona, triggerKind: definition.trigger.kind };
}
