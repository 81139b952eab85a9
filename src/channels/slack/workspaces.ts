import type { AuditLog } from '#audit/audit-event.ts';
import { directEvent } from '#audit/direct-event.ts';
import type { Actor } from '#auth/actor.ts';
import type { Database } from '#db/database.ts';
import type { SlackChannelRecord, SlackChannelRepository } from '#db/repositories/slack-channels.ts';
import type { SlackWorkspaceRecord, SlackWorkspaceRepository } from '#db/repositories/slack-workspaces.ts';
import { AppError } from '#errors';
import type { PersonaDirectory } from '#personas/persona-directory.ts';
import type { SlackWorkspace, SlackWorkspaces } from './ports.ts';

export interface SlackWorkspacesDeps {
  readonly rows: SlackWorkspaceRepository;
  readonly channels: SlackChannelRepository;
  readonly personas: Pick<PersonaDirectory, 'find'>;
  readonly db: Pick<Database, 'transaction' | 'durable'>;
  readonly audit: Pick<AuditLog, 'append'>;
  /** Revokes the connection on the service's own behalf, once for all who ask; records it with `why`. */
  readonly revoke: (organizationId: string, connectionId: string, why: string) => Promise<void>;
  readonly clock?: () => Date;
}

export interface SlackWorkspaceFacts {
  readonly record: SlackWorkspaceRecord;
  readonly channels: readonly SlackChannelRecord[];
}

/** What the pages know of workspaces beside what answering there needs. */
export interface SlackWorkspaceSettings {
  /** Those of the organization whose connections were not revoked, oldest first. */
  list(organizationId: string): Promise<readonly SlackWorkspaceFacts[]>;
  /** Throws AppError NOT_FOUND. */
  find(organizationId: string, connectionId: string): Promise<SlackWorkspaceFacts>;
  /** Who answers where nobody else was chosen; null: the first that answers in Slack. Throws AppError. Recorded. */
  setDefault(actor: Actor, connectionId: string, personaId: string | null): Promise<void>;
  /** Null takes the choice back. Throws AppError. Recorded. */
  setChannel(
    actor: Actor,
    choice: { readonly connectionId: string; readonly channelId: string; readonly personaId: string | null },
  ): Promise<void>;
}

export function createSlackWorkspaces(deps: SlackWorkspacesDeps): SlackWorkspaces & SlackWorkspaceSettings {
  const { rows, channels } = deps;
  const facts = async (record: SlackWorkspaceRecord) => ({ record, channels: await channels.list(record) });
  const findAlive = (organizationId: string, connectionId: string) => requireAlive(rows, organizationId, connectionId);
  return {
    async byTeam(teamId) {
      const row = await rows.findActiveByTeam(teamId);
      return row === null ? null : toWorkspace(row);
    },
    async byConnection(organizationId, connectionId) {
      const row = await rows.findActive({ organizationId, connectionId });
      return row === null ? null : toWorkspace(row);
    },
    async personaFor(workspace, channelId) {
      const chosen = await channels.find({ ...keyOf(workspace), channelId });
      if (chosen !== null) return chosen.personaId;
      return (await rows.findActive(workspace))?.personaId ?? null;
    },
    choosePersona: (workspace, { actor, channelId, personaId }) =>
      chooseForChannel(deps, actor, { workspace, channelId, personaId }),
    ended: ({ organizationId, connectionId }, why) => deps.revoke(organizationId, connectionId, why),
    async list(organizationId) {
      return Promise.all((await rows.listAlive(organizationId)).map(facts));
    },
    find: async (organizationId, connectionId) => facts(await findAlive(organizationId, connectionId)),
    async setDefault(actor, connectionId, personaId) {
      const workspace = await findAlive(actor.organizationId, connectionId);
      await chooseDefault(deps, actor, { workspace, personaId });
    },
    async setChannel(actor, { connectionId, channelId, personaId }) {
      const workspace = await findAlive(actor.organizationId, connectionId);
      await chooseForChannel(deps, actor, { workspace, channelId, personaId });
    },
  };
}

type Chosen = Pick<SlackWorkspaceRecord, 'organizationId' | 'connectionId' | 'teamName'>;

interface DefaultChoice {
  readonly workspace: Chosen;
  readonly personaId: string | null;
}

async function chooseDefault(deps: SlackWorkspacesDeps, actor: Actor, choice: DefaultChoice): Promise<void> {
  const { rows, clock = () => new Date() } = deps;
  const { workspace, personaId } = choice;
  await requireAnswering(deps, actor, choice);
  await record(deps, actor, {
    ...choice,
    channelId: null,
    store: () => rows.change(keyOf(workspace), { personaId, updatedAt: clock() }),
  });
}

interface ChannelChoice extends DefaultChoice {
  readonly channelId: string;
}

async function chooseForChannel(deps: SlackWorkspacesDeps, actor: Actor, choice: ChannelChoice): Promise<void> {
  const { channels, clock = () => new Date() } = deps;
  const { workspace, channelId, personaId } = choice;
  if (actor.role === 'guest') {
    throw new AppError('FORBIDDEN', 'Only members of the organization choose who answers. Link your account first.');
  }
  await requireAnswering(deps, actor, choice);
  const key = { ...keyOf(workspace), channelId };
  await record(deps, actor, {
    ...choice,
    store: () =>
      personaId === null
        ? channels.remove(key)
        : channels.put({ ...key, personaId, chosenBy: actor.id, chosenAt: clock() }),
  });
}

interface Recording extends DefaultChoice {
  readonly channelId: string | null;
  readonly store: () => Promise<unknown>;
}

/** What was chosen and the record of it, as one. */
async function record({ db, audit }: SlackWorkspacesDeps, actor: Actor, recording: Recording): Promise<void> {
  const { workspace, channelId, personaId, store } = recording;
  const { connectionId, teamName } = workspace;
  const details = { workspace: teamName, channelId };
  const about = personaId === null ? {} : { personaId };
  await db.transaction(async () => {
    await store();
    await audit.append(directEvent({ actor, action: 'slack.persona_chosen', connectionId, ...about, details }));
  });
  await db.durable();
}

async function requireAnswering(
  { personas }: SlackWorkspacesDeps,
  { organizationId }: Actor,
  { workspace, personaId }: DefaultChoice,
): Promise<void> {
  if (organizationId !== workspace.organizationId) throw noSuchWorkspace();
  if (personaId === null) return;
  const persona = await personas.find(organizationId, personaId);
  if (persona === null) throw new AppError('INPUT_INVALID', 'personaId: there is no such persona.');
  if (persona.channels.includes('slack')) return;
  throw new AppError(
    'INPUT_INVALID',
    `personaId: “${persona.name}” does not answer in Slack. Tick Slack among its channels first.`,
  );
}

async function requireAlive(
  rows: SlackWorkspaceRepository,
  organizationId: string,
  connectionId: string,
): Promise<SlackWorkspaceRecord> {
  const row = await rows.findAlive({ organizationId, connectionId });
  if (row === null) throw noSuchWorkspace();
  return row;
}

function noSuchWorkspace(): AppError {
  return new AppError('NOT_FOUND', 'There is no such Slack workspace.');
}

function keyOf({ organizationId, connectionId }: Pick<SlackWorkspace, 'organizationId' | 'connectionId'>) {
  return { organizationId, connectionId };
}

function toWorkspace(row: SlackWorkspaceRecord): SlackWorkspace {
  const { organizationId, connectionId, teamId, teamName, appId, botUserId, botId } = row;
  return { organizationId, connectionId, teamId, teamName, appId, botUserId, botId };
}
