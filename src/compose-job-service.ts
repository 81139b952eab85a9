import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { describeModelProblem } from '#agent/resolve-model.ts';
import { createChange } from '#auth/change.ts';
import { toConnection } from '#connections/to-connection.ts';
import { createHookEventRepository } from '#db/repositories/hook-events.ts';
import { createJobRunRepository } from '#db/repositories/job-runs.ts';
import { createJobRepository } from '#db/repositories/jobs.ts';
import { createMandateRepository } from '#db/repositories/mandates.ts';
import { createOrganizationRepository, type OrganizationRepository } from '#db/repositories/organizations.ts';
import { createUserRepository } from '#db/repositories/users.ts';
import type { Connection } from '#integrations/connection.ts';
import type { Deliveries } from '#jobs/deliveries/deliveries.ts';
import type { JobFileDeps, JobFileOwner } from '#jobs/files/apply-job-file.ts';
import { type JobFiles, openJobFiles } from '#jobs/files/open-job-files.ts';
import type { JobConnections, JobDeps, JobPeople, JobTools } from '#jobs/job-ports.ts';
import { createJobService, type JobService } from '#jobs/job-service.ts';
import { createJobPausing, type JobPausing } from '#jobs/pause-jobs.ts';
import { createSchedules, type ScheduleReader } from '#jobs/schedules/schedules.ts';
import { createJobRows, createJobRunRows } from '#jobs/stored-jobs.ts';
import { createJobTemplates, type JobTemplates } from '#jobs/templates/job-templates.ts';
import { createHookService, type HookService } from '#jobs/triggers/webhook/hook-service.ts';
import { createPayloadSchemas } from '#jobs/triggers/webhook/payload-schema.ts';
import { createHookKeys, type HookKeys } from '#vault/hook-keys.ts';
import type { ConnectionParts } from './compose-connections.ts';
import type { Core } from './compose-core.ts';
import type { Ground } from './house.ts';

/** What works jobs off, and where their answers go. */
export interface JobWorkPorts extends Pick<JobDeps, 'startJob' | 'trials' | 'watches' | 'notify'> {
  openDeliveries(deps: Omit<JobDeps, 'deliveries'>, keys: HookKeys): Deliveries;
}

export interface JobServiceDeps extends Ground, JobWorkPorts {
  readonly core: Pick<Core, 'directory' | 'membersOf' | 'names' | 'models'>;
  readonly connections: Pick<ConnectionParts, 'catalog' | 'store' | 'rows'>;
  readonly publicUrl: () => string;
}

/** What makes, changes and starts jobs. */
export interface JobServiceParts {
  readonly deps: JobDeps;
  readonly deliveries: Deliveries;
  readonly jobs: JobService;
  readonly pausing: JobPausing;
  readonly templates: JobTemplates;
  readonly hooks: HookService;
  readonly hookKeys: HookKeys;
  readonly schedules: ScheduleReader;
  /** Stores the jobs of the files beside the personas, and keeps them as their files say until the service closes. */
  openFiles(): Promise<JobFiles>;
}

export function composeJobService(given: JobServiceDeps): JobServiceParts {
  const { vault, core } = given;
  const organizations = createOrganizationRepository(given.db, { newId: randomUUID });
  const hookKeys = createHookKeys({ vault });
  const schedules = createSchedules();
  const schemas = createPayloadSchemas();
  const hooks = openHooks(given, hookKeys, schemas);
  const most = { ...openDeps(given, organizations), hooks, schedules, schemas };
  const deliveries = given.openDeliveries(most, hookKeys);
  const deps: JobDeps = { ...most, deliveries };
  return {
    deps,
    deliveries,
    jobs: createJobService(deps),
    pausing: createJobPausing(deps),
    templates: createJobTemplates({ personas: core.directory }),
    hooks,
    hookKeys,
    schedules,
    openFiles: () => openFiles(given, deps, organizations),
  };
}

function openHooks(given: JobServiceDeps, secrets: HookKeys, schemas: JobDeps['schemas']): HookService {
  const { db, audit, publicUrl, startJob } = given;
  const runs = createJobRunRepository(db);
  return createHookService({
    events: createHookEventRepository(db),
    secrets,
    payloadOf: async (organizationId, id) => (await runs.find({ organizationId, id }))?.payload,
    startJob,
    schemas,
    audit,
    db,
    publicUrl,
  });
}

function openDeps(
  given: JobServiceDeps,
  organizations: OrganizationRepository,
): Omit<JobDeps, 'deliveries' | 'hooks' | 'schedules' | 'schemas'> {
  const { db, audit, core, startJob, trials, watches, notify } = given;
  const clock = () => new Date();
  return {
    startJob,
    trials,
    watches,
    notify,
    jobs: createJobRows({ rows: createJobRepository(db), clock }),
    runs: createJobRunRows(createJobRunRepository(db)),
    mandates: createMandateRepository(db),
    personas: core.directory,
    tools: toolsOf(given),
    connections: connectionsOf(given),
    people: peopleOf(given, organizations),
    modelProblem: (model) => describeModelProblem(core.models, model),
    mailProblem: () => (given.mailer === null ? noMail : null),
    audit,
    change: createChange(db),
    namesOf: namesOf(given, organizations),
    clock,
  };
}

/** The same, so that jobs which work with a connection stop with it. */
export function tellingJobs(core: Core, pausing: Pick<JobPausing, 'connectionRevoked'>): Core {
  return {
    ...core,
    async onRevoked(connection) {
      const told = [core.onRevoked(connection), pausing.connectionRevoked(connection)];
      const failed = (await Promise.allSettled(told)).filter(({ status }) => status === 'rejected');
      if (failed.length > 0) throw new AggregateError(failed.map((one) => ('reason' in one ? one.reason : one)));
    },
  };
}

const noMail =
  'This service sends no mail of its own, so nothing would arrive. Whoever runs it can set SMTP_URL, or choose an e-mail connection.';

function toolsOf({ connections: { catalog } }: JobServiceDeps): JobTools {
  return {
    find: async (organizationId, name) => (await catalog.of(organizationId)).findTool(name) ?? null,
    list: async (organizationId) => (await catalog.of(organizationId)).tools,
  };
}

function connectionsOf({ connections: { rows, catalog, store } }: JobServiceDeps): JobConnections {
  return {
    async byId(organizationId, id): Promise<Connection | null> {
      const record = await rows.find({ organizationId, id });
      return record === null ? null : toConnection(record, catalog);
    },
    find: (question) => store.find(question),
  };
}

function peopleOf({ db, core }: JobServiceDeps, organizations: OrganizationRepository): JobPeople {
  const users = createUserRepository(db);
  const find: JobPeople['find'] = async (organizationId, id) => {
    const member = await organizations.findMember(organizationId, id);
    if (member === null) return null;
    const { name, email, role } = member;
    return { id, name, email, role };
  };
  return {
    find,
    async findByEmail(organizationId, email) {
      const user = await users.findByEmail(email.toLowerCase());
      return user === null ? null : find(organizationId, user.id);
    },
    list: core.membersOf,
  };
}

/** Those who belong to it, and those who did something in it before they left. */
function namesOf({ core }: JobServiceDeps, organizations: OrganizationRepository): JobDeps['namesOf'] {
  return async (organizationId, ids) => {
    const members = await Promise.all(ids.map((id) => organizations.findMember(organizationId, id)));
    const known = new Map(
      members.flatMap((member) => (member === null ? [] : [[member.userId, member.name] as const])),
    );
    const others = await core.names.namesOf(
      organizationId,
      ids.filter((id) => !known.has(id)),
    );
    return new Map([...others, ...known]);
  };
}

async function openFiles(
  { db, config, log, opened }: JobServiceDeps,
  deps: JobDeps,
  organizations: OrganizationRepository,
): Promise<JobFiles> {
  const users = createUserRepository(db);
  const memberships: JobFileDeps['memberships'] = async (email): Promise<readonly JobFileOwner[]> => {
    const user = await users.findByEmail(email);
    if (user === null) return [];
    const found = await organizations.membershipsOf(user.id);
    return found.map(({ organization, role }) => ({
      organizationId: organization.id,
      id: user.id,
      name: user.name,
      email: user.email,
      role,
    }));
  };
  const directory = path.join(config.personasDirectory, 'jobs');
  const files = await openJobFiles({ ...deps, memberships }, { directory, log });
  opened.defer(() => files.close());
  return files;
}
