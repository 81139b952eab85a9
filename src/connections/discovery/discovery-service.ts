import type { AuditLog } from '#audit/audit-event.ts';
import { directEvent } from '#audit/direct-event.ts';
import type { Actor } from '#auth/actor.ts';
import type { Database } from '#db/database.ts';
import type { ConnectionRecord, ConnectionRepository } from '#db/repositories/connections.ts';
import type { DiscoveredToolRecord, DiscoveredToolRepository } from '#db/repositories/discovered-tools.ts';
import { AppError } from '#errors';
import type { Catalog } from '#integrations/catalog.ts';
import type { Discovery, OfferedTool } from '#integrations/discovered-tool.ts';
import { nameTool } from '#integrations/discovered-tool-name.ts';
import type { Effect } from '#integrations/rights.ts';
import { fingerprintOf } from '#integrations/tool-fingerprint.ts';
import { findManageable, requireAlive } from '../access.ts';
import { toConnection } from '../to-connection.ts';
import { type AskOptions, askUpstream, requireIntegration } from '../try-credential.ts';

export interface DiscoveryDeps extends Pick<AskOptions, 'testTimeoutMs'> {
  readonly db: Pick<Database, 'transaction'>;
  readonly connections: ConnectionRepository;
  readonly tools: DiscoveredToolRepository;
  readonly catalog: Catalog;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly clock?: () => Date;
}

export interface ToolApproval {
  readonly connectionId: string;
  readonly name: string;
  /** Of what the person has read. */
  readonly fingerprint: string;
  readonly effect: Effect;
}

/** Throws AppError: NOT_FOUND and FORBIDDEN as for the connection itself, CONNECTION_REFUSED for what a service answers. */
export interface DiscoveryService {
  /** As they were last seen, by name. Empty for an integration whose tools are known without asking. */
  list(actor: Actor, connectionId: string): Promise<readonly DiscoveredToolRecord[]>;
  /** Asks the service what it has. What has become another tool cannot be used until it is approved again. */
  discover(actor: Actor, connectionId: string): Promise<readonly DiscoveredToolRecord[]>;
  /** Throws CONNECTION_CHANGED where it is not what the person has read any more. */
  approve(actor: Actor, approval: ToolApproval): Promise<DiscoveredToolRecord>;
  withdraw(actor: Actor, connectionId: string, name: string): Promise<DiscoveredToolRecord>;
}

const discoverTimeoutMs = 45_000;

export function createDiscoveryService(deps: DiscoveryDeps): DiscoveryService {
  const { connections, tools } = deps;
  const listOf = ({ organizationId, id }: ConnectionRecord) => tools.ofConnection(organizationId, id);
  return {
    async list(actor, connectionId) {
      return listOf(await findManageable(connections, actor, connectionId));
    },
    async discover(actor, connectionId) {
      const record = await findManageable(connections, actor, connectionId);
      requireAlive(record);
      const offered = await ask(deps, record);
      await deps.db.transaction(() => store(deps, record, offered));
      return listOf(record);
    },
    approve: (actor, approval) => approve(deps, actor, approval),
    withdraw: (actor, connectionId, name) => withdraw(deps, actor, { connectionId, name }),
  };
}

async function ask(deps: DiscoveryDeps, record: ConnectionRecord): Promise<readonly OfferedTool[]> {
  const integration = requireIntegration(deps.catalog, record.integration);
  const discovery = discoveryOf(deps, record);
  const connection = toConnection(record, deps.catalog);
  const options = { testTimeoutMs: deps.testTimeoutMs ?? discoverTimeoutMs };
  return askUpstream(options, integration, (signal) => discovery.discover(connection, signal));
}

function discoveryOf({ catalog }: DiscoveryDeps, { integration: name }: ConnectionRecord): Discovery {
  const { discovery, title } = requireIntegration(catalog, name);
  if (discovery !== undefined) return discovery;
  throw new AppError('INPUT_INVALID', `The tools of ${title} are known already: there is nothing to look up.`);
}

/** Each tool has one row from the first time it is seen. */
async function store(deps: DiscoveryDeps, record: ConnectionRecord, offered: readonly OfferedTool[]): Promise<void> {
  const { tools, clock = () => new Date() } = deps;
  const { organizationId } = record;
  const now = clock();
  const known = await tools.ofConnection(organizationId, record.id);
  const byRemote = new Map(known.map((row) => [row.remoteName, row]));
  const unique = new Map(offered.map((tool) => [tool.remoteName, tool]));
  const taken = new Set(known.map(({ name }) => name));
  for (const [remoteName, tool] of unique) {
    const row = byRemote.get(remoteName);
    if (row !== undefined) {
      await tools.change({ key: row, values: { seenAt: now, ...seenAgain(row, tool) } });
      continue;
    }
    const name = await freeName(deps, record, { remoteName, taken });
    taken.add(name);
    await tools.insert({ ...freshRow(record, tool), name, seenAt: now, createdAt: now });
  }
  for (const row of known) {
    if (!unique.has(row.remoteName)) await tools.change({ key: row, values: { state: 'gone', offered: null } });
  }
}

async function freeName(
  { tools }: DiscoveryDeps,
  { organizationId, integration, label }: ConnectionRecord,
  { remoteName, taken }: { readonly remoteName: string; readonly taken: ReadonlySet<string> },
): Promise<string> {
  const all = new Set(taken);
  // Another connection may have the same label.
  for (;;) {
    const name = nameTool({ prefix: integration, label, remoteName, taken: all });
    if (!all.has(name) && (await tools.find({ organizationId, name })) === null) return name;
    all.add(name);
  }
}

function freshRow(
  { organizationId, id, integration }: ConnectionRecord,
  { remoteName, title, description, inputSchema, details }: OfferedTool,
): Omit<DiscoveredToolRecord, 'name' | 'seenAt' | 'createdAt'> {
  return {
    organizationId,
    connectionId: id,
    integration,
    remoteName,
    title,
    description,
    inputSchema,
    details,
    fingerprint: fingerprintOf({ remoteName, title, description, inputSchema, details }),
    // Nobody knows what it does until somebody has said so.
    effect: 'destructive',
    state: 'new',
    offered: null,
    approvedBy: null,
    approvedAt: null,
  };
}

type Seen = Partial<DiscoveredToolRecord>;

/** What was approved stays as it was read, beside what the service offers now. */
function seenAgain(row: DiscoveredToolRecord, tool: OfferedTool): Seen {
  const wasApproved = row.approvedAt !== null;
  const { remoteName, title, description, inputSchema, details } = tool;
  const fingerprint = fingerprintOf(tool);
  if (!wasApproved) return { title, description, inputSchema, details, fingerprint, state: 'new', offered: null };
  if (fingerprint === row.fingerprint) return { state: 'approved', offered: null };
  return { state: 'changed', offered: { remoteName, title, description, inputSchema, details } };
}

async function approve(deps: DiscoveryDeps, actor: Actor, approval: ToolApproval): Promise<DiscoveredToolRecord> {
  const { db, connections, tools, audit, clock = () => new Date() } = deps;
  const record = await findManageable(connections, actor, approval.connectionId);
  requireAlive(record);
  if (actor.apiKey !== null) throw onlyInPerson();
  const row = await findTool(deps, record, approval.name);
  const wanted = (row.offered as OfferedTool | null) ?? (row as DiscoveredToolRecord & OfferedTool);
  const { remoteName, title, description, inputSchema, details } = wanted;
  const offered = { remoteName, title, description, inputSchema, details };
  if (row.state === 'gone' || fingerprintOf(offered) !== approval.fingerprint) throw changedMeanwhile(row.title);
  const { fingerprint, effect } = approval;
  return db.transaction(async () => {
    const values = { title, description, inputSchema, details, fingerprint, effect, offered: null };
    const isChanged = await tools.change({
      key: row,
      expected: { fingerprint: row.fingerprint, state: row.state },
      values: { ...values, state: 'approved', approvedBy: actor.id, approvedAt: clock() },
    });
    if (!isChanged) throw changedMeanwhile(row.title);
    const facts = { tool: row.name, remoteName, fingerprint, effect, before: row.state };
    await audit.append(
      directEvent({ actor, action: 'discovered_tool.approved', connectionId: record.id, details: facts }),
    );
    return findTool(deps, record, approval.name);
  });
}

async function withdraw(
  deps: DiscoveryDeps,
  actor: Actor,
  { connectionId, name }: { readonly connectionId: string; readonly name: string },
): Promise<DiscoveredToolRecord> {
  const { db, connections, tools, audit } = deps;
  const record = await findManageable(connections, actor, connectionId);
  const row = await findTool(deps, record, name);
  if (row.approvedAt === null) return row;
  return db.transaction(async () => {
    const state = row.state === 'gone' ? 'gone' : 'new';
    const now = (row.offered as OfferedTool | null) ?? null;
    const values = now === null ? {} : { ...now, fingerprint: fingerprintOf(now), offered: null };
    await tools.change({
      key: row,
      values: { ...values, effect: 'destructive', state, approvedBy: null, approvedAt: null },
    });
    const facts = { tool: name, remoteName: row.remoteName };
    await audit.append(
      directEvent({ actor, action: 'discovered_tool.withdrawn', connectionId: record.id, details: facts }),
    );
    return findTool(deps, record, name);
  });
}

async function findTool(
  { tools }: DiscoveryDeps,
  { organizationId, id }: ConnectionRecord,
  name: string,
): Promise<DiscoveredToolRecord> {
  const row = await tools.find({ organizationId, name });
  if (row !== null && row.connectionId === id) return row;
  throw new AppError('NOT_FOUND', 'There is no such tool on this connection.');
}

function onlyInPerson(): AppError {
  return new AppError(
    'FORBIDDEN',
    'A tool is approved by a person who has read what it says, in the browser. With an API key it cannot be done.',
  );
}

function changedMeanwhile(title: string): AppError {
  return new AppError(
    'CONNECTION_CHANGED',
    `“${title}” is not what you have read any more. Look at the tools again, read it once more, and then approve it.`,
  );
}
