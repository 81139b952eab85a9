import { createHash } from 'node:crypto';

/** A thread of Slack, which is one conversation here. */
export interface ThreadKey {
  /** Of the workspace's connection. */
  readonly connectionId: string;
  readonly channelId: string;
  /** The `ts` of its first message. */
  readonly threadTs: string;
}

const longestOwner = 120;

/** Whose the thread's conversation is: the thread's own, since several people write to it. */
export function ownerIdOf({ connectionId, channelId, threadTs }: ThreadKey): string {
  const owner = `slack:${connectionId}:${channelId}:${threadTs}`;
  return owner.length <= longestOwner ? owner : `slack:${digest([connectionId, channelId, threadTs])}`;
}

export function conversationIdOf({ connectionId, channelId, threadTs }: ThreadKey): string {
  return `slack-${digest([connectionId, channelId, threadTs])}`;
}

/** The same for a message however often, and as whatever event, Slack tells of it. */
export function messageIdOf({ connectionId, channelId }: Omit<ThreadKey, 'threadTs'>, ts: string): string {
  return `slack-${digest([connectionId, channelId, ts])}`;
}

/** Where messages of a thread stand one behind the other. */
export function laneOfThread(teamId: string, channelId: string, threadTs: string): string {
  return `thread:${teamId}:${channelId}:${threadTs}`;
}

export function digest(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 32);
}
