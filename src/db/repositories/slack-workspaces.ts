import type { Database } from '../database.ts';
import { and, asc, eq, ne } from '../drizzle.ts';
import type { Tables } from '../schema/tables.ts';
import { storableText } from '../storable-text.ts';
import { withStorageErrors } from '../storage-error.ts';

export type SlackWorkspaceRecord = Tables['slackWorkspaces']['$inferSelect'];

export interface SlackWorkspaceKey {
  readonly organizationId: string;
  readonly connectionId: string;
}

export interface SlackWorkspaceRepository {
  /** Fails for a team that is there. */
  insert(workspace: SlackWorkspaceRecord): Promise<void>;
  /** Of whichever organization, also one whose connection is over. */
  findByTeam(teamId: string): Promise<SlackWorkspaceRecord | null>;
  /** The same, where its connection can be used. */
  findActiveByTeam(teamId: string): Promise<SlackWorkspaceRecord | null>;
  findActive(key: SlackWorkspaceKey): Promise<SlackWorkspaceRecord | null>;
  /** Also where it has to be connected again. */
  findAlive(key: SlackWorkspaceKey): Promise<SlackWorkspaceRecord | null>;
  /** Those whose connections were not revoked, oldest first. */
  listAlive(organizationId: string): Promise<SlackWorkspaceRecord[]>;
  /** False when it is not there. */
  change(
    key: SlackWorkspaceKey,
    values: Partial<Omit<SlackWorkspaceRecord, keyof SlackWorkspaceKey | 'createdAt'>>,
  ): Promise<boolean>;
  remove(key: SlackWorkspaceKey): Promise<void>;
}

export function createSlackWorkspaceRepository(db: Database): SlackWorkspaceRepository {
  const { slackWorkspaces: workspaces, connections } = db.tables;
  const at = ({ organizationId, connectionId }: SlackWorkspaceKey) =>
    and(eq(workspaces.organizationId, organizationId), eq(workspaces.connectionId, connectionId));
  const isSame = and(
    eq(connections.organizationId, workspaces.organizationId),
    eq(connections.id, workspaces.connectionId),
  );
  const isActive = eq(connections.status, 'active');
  const isAlive = ne(connections.status, 'revoked');
  const select = () => db.query.select({ workspace: workspaces }).from(workspaces).innerJoin(connections, isSame);
  return withStorageErrors<SlackWorkspaceRepository>({
    async insert(workspace) {
      await db.query.insert(workspaces).values({ ...workspace, teamName: storableText(workspace.teamName) });
    },
    async findByTeam(teamId) {
      const [row] = await db.query.select().from(workspaces).where(eq(workspaces.teamId, teamId));
      return row ?? null;
    },
    findActiveByTeam: async (teamId) => first(await select().where(and(eq(workspaces.teamId, teamId), isActive))),
    findActive: async (key) => first(await select().where(and(at(key), isActive))),
    findAlive: async (key) => first(await select().where(and(at(key), isAlive))),
    async listAlive(organizationId) {
      const rows = await select()
        .where(and(eq(workspaces.organizationId, organizationId), isAlive))
        .orderBy(asc(workspaces.createdAt), asc(workspaces.connectionId));
      return rows.map(({ workspace }) => workspace);
    },
    async change(key, values) {
      const name = values.teamName === undefined ? {} : { teamName: storableText(values.teamName) };
      const rows = await db.query
        .update(workspaces)
        .set({ ...values, ...name })
        .where(at(key))
        .returning({ connectionId: workspaces.connectionId });
      return rows.length > 0;
    },
    async remove(key) {
      await db.query.delete(workspaces).where(at(key));
    },
  });
}

function first(rows: readonly { readonly workspace: SlackWorkspaceRecord }[]): SlackWorkspaceRecord | null {
  return rows[0]?.workspace ?? null;
}
