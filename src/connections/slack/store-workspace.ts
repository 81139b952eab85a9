import { randomUUID } from 'node:crypto';
import { directEvent } from '#audit/direct-event.ts';
import type { Actor } from '#auth/actor.ts';
import type { ConnectionRecord } from '#db/repositories/connections.ts';
import type { SlackWorkspaceRecord, SlackWorkspaceRepository } from '#db/repositories/slack-workspaces.ts';
import { AppError } from '#errors';
import type { SlackInstallation } from '#integrations/slack-door.ts';
import { changedMeanwhile } from '../access.ts';
import type { ConnectionDeps } from '../connection-deps.ts';
import { factsOf, newRecord } from '../create-connection.ts';
import { originOf } from '../to-connection.ts';

export interface StoreWorkspaceDeps extends ConnectionDeps {
  readonly workspaces: SlackWorkspaceRepository;
}

export interface InstalledWorkspace {
  readonly actor: Actor;
  readonly installation: SlackInstallation;
  /** `oauth`: the app was let in at Slack; `api_key`: its bot token was pasted. */
  readonly auth: 'api_key' | 'oauth';
  readonly baseUrl: string;
}

export const slackPlace = 'slack';

/**
 * Connection, workspace, secret and audit as one. A workspace of the same organization is connected again as it was; one
 * of another organization throws AppError CONFLICT. Answers the connection's id.
 */
export async function storeWorkspace(deps: StoreWorkspaceDeps, installed: InstalledWorkspace): Promise<string> {
  const { db, workspaces, repository } = deps;
  const { actor, installation } = installed;
  const id = await db.transaction(async () => {
    await db.lock(`slack team ${installation.teamId}`);
    const known = await workspaces.findByTeam(installation.teamId);
    const record = known === null ? null : await repository.find({ ...known, id: known.connectionId });
    if (known !== null && record !== null && record.status !== 'revoked') {
      if (known.organizationId !== actor.organizationId) throw taken(installation);
      return reconnect(deps, installed, { record, known });
    }
    // Its connection is over: the workspace may be connected by whoever has it now.
    if (known !== null) await workspaces.remove(known);
    return create(deps, installed);
  });
  await db.durable();
  return id;
}

async function create(deps: StoreWorkspaceDeps, installed: InstalledWorkspace): Promise<string> {
  const { repository, workspaces, audit, clock = () => new Date() } = deps;
  const { actor, installation, auth, baseUrl } = installed;
  const { organizationId } = actor;
  const { teamId, teamName, token } = installation;
  const at = clock();
  const record = newRecord({
    id: randomUUID(),
    organizationId,
    integration: 'slack',
    ownerId: null,
    label: teamName.slice(0, 80),
    place: slackPlace,
    baseUrl,
    auth,
    fingerprint: token.fingerprint,
    // Which personas may, their own scopes say.
    rights: { scopes: ['slack:messages:read', 'slack:messages:write'], limits: {}, limitNames: {} },
    createdBy: actor.id,
    seen: [{ id: teamId, name: teamName }],
    at,
  });
  await repository.insert(record);
  const facts = factsOfWorkspace(installation);
  const row = { ...facts, organizationId, connectionId: record.id, personaId: null, createdAt: at, updatedAt: at };
  await workspaces.insert(row);
  await seal(deps, record, installed);
  const details = { ...factsOf(record), teamId };
  await audit.append(directEvent({ actor, action: 'connection.created', connectionId: record.id, details }));
  return record.id;
}

interface Known {
  readonly record: ConnectionRecord;
  readonly known: SlackWorkspaceRecord;
}

async function reconnect(
  deps: StoreWorkspaceDeps,
  installed: InstalledWorkspace,
  { record, known }: Known,
): Promise<string> {
  const { repository, workspaces, vault, audit, clock = () => new Date() } = deps;
  const { actor, installation, auth, baseUrl } = installed;
  const { organizationId, id, secretVersion } = record;
  const at = clock();
  const changed = await repository.change({
    key: record,
    expected: { secretVersion },
    values: {
      status: 'active',
      auth,
      baseUrl,
      secretVersion: secretVersion + 1,
      fingerprint: installation.token.fingerprint,
      seen: [{ id: installation.teamId, name: installation.teamName }],
      keySetAt: at,
      updatedAt: at,
      lastCheckedAt: at,
      lastCheckProblem: null,
    },
    counts: true,
  });
  if (changed === null) throw changedMeanwhile();
  await workspaces.change(known, { ...factsOfWorkspace(installation), updatedAt: at });
  await vault.forget({ organizationId, holder: id });
  await seal(deps, changed, installed);
  const details = { label: record.label, teamId: installation.teamId };
  await audit.append(directEvent({ actor, action: 'connection.reconnected', connectionId: id, details }));
  return id;
}

async function seal(
  { vault }: StoreWorkspaceDeps,
  { organizationId, id: holder, secretVersion: version, baseUrl }: ConnectionRecord,
  { auth, installation }: InstalledWorkspace,
): Promise<void> {
  const field = auth === 'oauth' ? 'access_token' : 'api_key';
  await vault.seal({ organizationId, holder, field, version }, originOf(baseUrl), installation.token);
}

function factsOfWorkspace({ token: _token, ...facts }: SlackInstallation) {
  return facts;
}

function taken({ teamName }: SlackInstallation): AppError {
  return new AppError(
    'CONFLICT',
    `The Slack workspace “${teamName}” is connected to another organization of this service, and a workspace belongs to one organization. Have it revoked there first, then connect it here.`,
  );
}
