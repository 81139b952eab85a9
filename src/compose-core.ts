import { randomUUID } from 'node:crypto';
import type { TouchLog } from '#agent/attempt.ts';
import { createOwnProviders } from '#agent/direct-call-model.ts';
import type { MandateStore } from '#agent/mandates.ts';
import { createModelProviders } from '#agent/model-providers.ts';
import { createToolOffer, personaTools } from '#agent/persona-tools.ts';
import { createModelResolver, describeModelProblem, type ModelResolver } from '#agent/resolve-model.ts';
import type { StoredMessage } from '#agent/stored-message.ts';
import { createSyncProvider } from '#agent/sync/sync-model.ts';
import { createXRay, type XRay } from '#agent/x-ray.ts';
import type { AuditLog } from '#audit/audit-event.ts';
import { createAuditLog } from '#audit/audit-log.ts';
import { directEvent } from '#audit/direct-event.ts';
import { createCurrentActors } from '#auth/current-actor.ts';
import type { Mailer } from '#auth/mailer.ts';
import type { Config } from '#config/config.ts';
import type { Database } from '#db/database.ts';
import { type ActorNames, createActorNames } from '#db/repositories/actor-names.ts';
import { createApiKeyRepository } from '#db/repositories/api-keys.ts';
import type { AuditRepository } from '#db/repositories/audit.ts';
import type { ConnectionRepository } from '#db/repositories/connections.ts';
import { createConversationRepository } from '#db/repositories/conversations.ts';
import { createJobRepository } from '#db/repositories/jobs.ts';
import { createMandateRepository } from '#db/repositories/mandates.ts';
import { createOrganizationRepository, type OrganizationRepository } from '#db/repositories/organizations.ts';
import { createPersonaVersionRepository } from '#db/repositories/persona-versions.ts';
import { createPersonaRepository } from '#db/repositories/personas.ts';
import { createTouchedRecordRepository } from '#db/repositories/touched-records.ts';
import { createVisitorRepository } from '#db/repositories/visitors.ts';
import type { Catalog } from '#integrations/catalog.ts';
import type { Connection, ConnectionStore } from '#integrations/connection.ts';
import { createMandateStore } from '#jobs/mandates/mandate-store.ts';
import { createJobRows } from '#jobs/stored-jobs.ts';
import type { Logger } from '#log';
import type { MembersOf } from '#personas/approvers.ts';
import { openPersonaLibrary } from '#personas/load-personas.ts';
import { createPersonaDirectory, type PersonaDirectory } from '#personas/persona-directory.ts';
import type { Persona } from '#personas/persona-schema.ts';
import { createPersonaService, type PersonaService } from '#personas/persona-service.ts';
import { createDemoProvider } from '#sandbox/demo-model.ts';
import type { DataKeys } from '#vault/data-keys.ts';
import type { SecretRegistry } from '#vault/secret-registry.ts';
import { type Agent, type AgentDeps, composeAgent } from './compose-agent.ts';
import { openMembers } from './compose-members.ts';

/** The audit of every organization, its bodies encrypted with keys from the vault. */
export function composeAudit(deps: {
  rows: AuditRepository;
  key: Buffer;
  dataKeys: DataKeys;
  registry: SecretRegistry;
}): AuditLog {
  const { rows: repository, key, dataKeys, registry } = deps;
  const place = (organizationId: string, context: string) => ({ organizationId, purpose: 'audit' as const, context });
  return createAuditLog({
    repository,
    key,
    scrub: registry.scrubJson,
    bodies: {
      seal: (organizationId, context, text) => dataKeys.encrypt(place(organizationId, context), text),
      open: (organizationId, context, stored) => dataKeys.decrypt(place(organizationId, context), stored),
    },
  });
}

export interface CoreDeps {
  readonly config: Config;
  readonly log: Logger;
  readonly db: Database;
  readonly registry: SecretRegistry;
  readonly audit: AuditLog;
  readonly catalog: Catalog;
  readonly connections: ConnectionStore;
  readonly connectionRows: ConnectionRepository;
  readonly dataKeys: DataKeys;
  readonly mailer: Mailer | null;
  readonly publicUrl: () => string;
  readonly opened: AsyncDisposableStack;
}

/** Everything that answers messages, and what personas are made of. */
export interface Core {
  readonly agent: Agent;
  /** What waits for a connection that was revoked is over. */
  readonly onRevoked: (connection: Connection) => Promise<void>;
  readonly models: ModelResolver;
  readonly directory: PersonaDirectory;
  readonly personas: PersonaService;
  readonly xRay: XRay;
  readonly names: ActorNames;
  readonly membersOf: MembersOf;
  readonly conversations: ReturnType<typeof createConversationRepository<StoredMessage>>;
  /** The names of the configured model providers. */
  readonly providers: readonly string[];
  readonly toolsOf: (organizationId: string, persona: Persona) => Promise<ReturnType<typeof personaTools>>;
  /** How many persona files are broken, and where; for whoever starts the service. */
  readonly personaProblems: readonly string[];
}

export async function composeCore(deps: CoreDeps): Promise<Core> {
  const { config, log, db, audit, catalog, opened } = deps;
  const providers = await createModelProviders(config.models, createDemoProvider());
  const own = new Map([...createOwnProviders(), createSyncProvider((id) => models.resolve(id))]);
  const models = createModelResolver(providers, config.models.defaultModel, own);
  const modelProblem = (model: string) => describeModelProblem(models, model);
  const files = await openPersonaLibrary({
    directory: config.personasDirectory,
    knownTools: catalog.tools,
    modelProblem,
    log,
  });
  opened.defer(() => files.close());
  const rows = createPersonaRepository(db);
  const names = createActorNames(db);
  const membersOf = openMembers(db);
  const directory = createPersonaDirectory({ files, personas: rows, versions: createPersonaVersionRepository(db) });
  const personas = createPersonaService({
    directory,
    files,
    personas: rows,
    transaction: db.transaction,
    record: (event) => audit.append(directEvent(event)),
    namesOf: (organizationId, ids) => names.namesOf(organizationId, ids),
    knownTools: catalog.tools,
    modelProblem,
    findConnection: (organizationId, id) => deps.connectionRows.find({ organizationId, id }),
    membersOf,
  });
  const conversations = createConversationRepository<StoredMessage>(db);
  const agent = openAgent(deps, { directory, names, conversations, models });
  return {
    agent,
    onRevoked: ({ organizationId, id }) => agent.approvals.fallOfConnection(organizationId, id),
    models,
    directory,
    personas,
    xRay: createXRay({ ...deps, membersOf, namesFor: (connection) => namesOfLimits(deps.connectionRows, connection) }),
    names,
    membersOf,
    conversations,
    providers: [...providers.keys()],
    toolsOf: async (organizationId, persona) => personaTools(await catalog.of(organizationId), persona),
    personaProblems: files.problems().map(({ file, line, message }) => `${file}, line ${line}: ${message}`),
  };
}

type AgentParts = Pick<AgentDeps, 'directory' | 'names' | 'conversations' | 'models'>;

function openAgent(deps: CoreDeps, parts: AgentParts): Agent {
  const { db, catalog } = deps;
  const organizations = createOrganizationRepository(db, { newId: randomUUID });
  return composeAgent({
    ...deps,
    ...parts,
    organizations,
    actors: createCurrentActors({
      organizations,
      apiKeys: createApiKeyRepository(db),
      visitors: createVisitorRepository(db),
    }),
    toolsFor: createToolOffer(catalog),
    mandates: openMandates(db, { organizations, directory: parts.directory, catalog }),
    touches: openTouches(db),
  });
}

interface MandateParts {
  readonly organizations: Pick<OrganizationRepository, 'findMember'>;
  readonly directory: PersonaDirectory;
  readonly catalog: Catalog;
}

function openMandates(db: Database, { organizations, directory, catalog }: MandateParts): MandateStore {
  return createMandateStore({
    jobs: createJobRows({ rows: createJobRepository(db), clock: () => new Date() }),
    mandates: createMandateRepository(db),
    people: {
      async find(organizationId, id) {
        const member = await organizations.findMember(organizationId, id);
        return member === null ? null : { ...member, id };
      },
    },
    personas: directory,
    tools: { find: async (organizationId, name) => (await catalog.of(organizationId)).findTool(name) ?? null },
  });
}

function openTouches(db: Database): TouchLog {
  const rows = createTouchedRecordRepository(db);
  return {
    insert: (touches) =>
      rows.insert(
        touches.map(({ database, table, record, ...touch }) => ({
          ...touch,
          databaseId: database,
          tableId: table,
          recordId: record,
        })),
      ),
  };
}

/** What the connection's key saw at its last check, and what its limits name. */
async function namesOfLimits(
  rows: ConnectionRepository,
  { organizationId, id }: Connection,
): Promise<Readonly<Record<string, string>>> {
  const record = await rows.find({ organizationId, id });
  if (record === null) return {};
  return { ...Object.fromEntries(record.seen.map((resource) => [resource.id, resource.name])), ...record.limitNames };
}
