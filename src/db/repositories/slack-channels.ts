import type { Database } from '../database.ts';
import { and, asc, eq } from '../drizzle.ts';
import type { Tables } from '../schema/tables.ts';
import { withStorageErrors } from '../storage-error.ts';

export type SlackChannelRecord = Tables['slackChannels']['$inferSelect'];

export interface SlackChannelKey {
  readonly organizationId: string;
  readonly connectionId: string;
  readonly channelId: string;
}

/** Which persona was chosen in which channel. */
export interface SlackChannelRepository {
  find(key: SlackChannelKey): Promise<SlackChannelRecord | null>;
  list(workspace: Omit<SlackChannelKey, 'channelId'>): Promise<SlackChannelRecord[]>;
  /** In the place of what was chosen there before. */
  put(choice: SlackChannelRecord): Promise<void>;
  remove(key: SlackChannelKey): Promise<void>;
}

export function createSlackChannelRepository(db: Database): SlackChannelRepository {
  const { slackChannels: channels } = db.tables;
  const of = ({ organizationId, connectionId }: Omit<SlackChannelKey, 'channelId'>) =>
    and(eq(channels.organizationId, organizationId), eq(channels.connectionId, connectionId));
  const at = (key: SlackChannelKey) => and(of(key), eq(channels.channelId, key.channelId));
  return withStorageErrors<SlackChannelRepository>({
    async find(key) {
      const [row] = await db.query.select().from(channels).where(at(key));
      return row ?? null;
    },
    list: async (workspace) =>
      db.query.select().from(channels).where(of(workspace)).orderBy(asc(channels.chosenAt), asc(channels.channelId)),
    async put(choice) {
      const { personaId, chosenBy, chosenAt } = choice;
      await db.query
        .insert(channels)
        .values(choice)
        .onConflictDoUpdate({
          target: [channels.organizationId, channels.connectionId, channels.channelId],
          set: { personaId, chosenBy, chosenAt },
        });
    },
    async remove(key) {
      await db.query.delete(channels).where(at(key));
    },
  });
}
