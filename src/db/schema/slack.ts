import type { Kit } from './kit.ts';

/** What is known of a Slack workspace beside its connection, which holds the token. */
export function defineSlackWorkspaces(kit: Kit) {
  return kit.table(
    'slack_workspaces',
    {
      organizationId: kit.text().notNull(),
      connectionId: kit.text().primaryKey(),
      /** A workspace belongs to one organization. */
      teamId: kit.text().notNull(),
      enterpriseId: kit.text(),
      teamName: kit.text().notNull(),
      appId: kit.text().notNull(),
      botUserId: kit.text().notNull(),
      botId: kit.text().notNull(),
      /** Answers where no other was chosen; null: the first that answers in Slack. */
      personaId: kit.text(),
      createdAt: kit.time().notNull(),
      updatedAt: kit.time().notNull(),
    },
    (table) => [
      kit.uniqueIndex('slack_workspaces_by_team').on(table.teamId),
      kit.index('slack_workspaces_of_organization').on(table.organizationId),
    ],
  );
}

/** Which persona answers in a channel. */
export function defineSlackChannels(kit: Kit) {
  return kit.table(
    'slack_channels',
    {
      organizationId: kit.text().notNull(),
      connectionId: kit.text().notNull(),
      channelId: kit.text().notNull(),
      personaId: kit.text().notNull(),
      chosenBy: kit.text().notNull(),
      chosenAt: kit.time().notNull(),
    },
    (table) => [kit.primaryKey({ columns: [table.organizationId, table.connectionId, table.channelId] })],
  );
}

export type StoredSlackEventStatus = 'pending' | 'working' | 'done' | 'dead';

/** The inbox: what Slack has sent, stored before it is acknowledged and worked once. */
export function defineSlackEvents(kit: Kit) {
  return kit.table(
    'slack_events',
    {
      /** Slack's own id within its team, by which a repetition is known. */
      id: kit.text().primaryKey(),
      organizationId: kit.text().notNull(),
      connectionId: kit.text().notNull(),
      kind: kit.text<'event' | 'action' | 'command'>().notNull(),
      /** Those of one lane are worked one after the other, in the order they came. */
      lane: kit.text().notNull(),
      /** Counts up with every event of the lane, so that the order holds within one millisecond. */
      seq: kit.int().notNull(),
      /** Null once it is over. */
      body: kit.json<object>(),
      status: kit.text<StoredSlackEventStatus>().notNull(),
      attempts: kit.int().notNull(),
      /** Not to be worked before. */
      dueAt: kit.time().notNull(),
      /** The process that works on it. */
      processId: kit.text(),
      problem: kit.text(),
      receivedAt: kit.time().notNull(),
      endedAt: kit.time(),
    },
    (table) => [
      kit.index('slack_events_due').on(table.status, table.dueAt, table.seq),
      kit.index('slack_events_of_lane').on(table.lane, table.status, table.seq),
      kit.index('slack_events_of_organization').on(table.organizationId, table.receivedAt),
    ],
  );
}

/** A run’s answer in its thread: what was posted of it, and whether all of it was. */
export function defineSlackAnswers(kit: Kit) {
  return kit.table(
    'slack_answers',
    {
      organizationId: kit.text().notNull(),
      runId: kit.text().primaryKey(),
      conversationId: kit.text().notNull(),
      connectionId: kit.text().notNull(),
      channelId: kit.text().notNull(),
      threadTs: kit.text().notNull(),
      /** Slack's id of whoever is answered. */
      slackUserId: kit.text().notNull(),
      /** The message being written. */
      messageTs: kit.text(),
      /** The message with the stop button, as long as there is one. */
      controlTs: kit.text(),
      /** How many parts of the stored answer were posted whole. */
      postedParts: kit.int().notNull(),
      status: kit.text<'open' | 'posted'>().notNull(),
      processId: kit.text(),
      createdAt: kit.time().notNull(),
      updatedAt: kit.time().notNull(),
    },
    (table) => [
      kit.index('slack_answers_open').on(table.status, table.updatedAt),
      kit
        .index('slack_answers_of_thread')
        .on(table.organizationId, table.connectionId, table.channelId, table.threadTs),
    ],
  );
}

/** Messages that ask for a decision, so that each is replaced by what was decided, wherever that was. */
export function defineSlackCards(kit: Kit) {
  return kit.table(
    'slack_cards',
    {
      organizationId: kit.text().notNull(),
      approvalId: kit.text().notNull(),
      connectionId: kit.text().notNull(),
      channelId: kit.text().notNull(),
      ts: kit.text().notNull(),
      /** What the card shows: `pending` until it was replaced. */
      shows: kit.text().notNull(),
      createdAt: kit.time().notNull(),
      updatedAt: kit.time().notNull(),
    },
    (table) => [
      kit.primaryKey({ columns: [table.connectionId, table.channelId, table.ts] }),
      kit.index('slack_cards_of_approval').on(table.organizationId, table.approvalId),
      kit.index('slack_cards_by_state').on(table.shows, table.createdAt),
    ],
  );
}
