import { randomBytes } from 'node:crypto';
import { buttonsOf, type SlackButton, showBlocks } from './blocks.ts';
import type { Fields } from './fields.ts';
import { displayed, linksOf, markedTextOf, pingsOf } from './text.ts';

export interface SlackUser {
  readonly id: string;
  readonly teamId: string;
  readonly name: string;
  readonly email: string;
  readonly isBot: boolean;
}

export interface SlackChannel {
  readonly id: string;
  readonly teamId: string;
  readonly name: string;
  readonly kind: 'channel' | 'group' | 'im';
  readonly members: Set<string>;
  /** With another company. */
  isShared: boolean;
}

/** The app in one workspace. */
export interface Installation {
  readonly teamId: string;
  readonly token: string;
  readonly scopes: readonly string[];
  readonly botUserId: string;
  readonly botId: string;
  alive: boolean;
}

export interface SlackTeam {
  readonly id: string;
  readonly name: string;
  installation: Installation | null;
}

export interface SlackTask {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly details: string;
  readonly output: string;
}

export interface Stream {
  state: 'streaming' | 'stopped' | 'expired';
  /** Of what it was made so far; it cannot be of both. */
  mode: 'text' | 'chunks' | null;
  readonly recipient: string | null;
  readonly tasks: Map<string, SlackTask>;
  appends: number;
}

/** A message as Slack keeps it. */
export interface Message {
  readonly channel: SlackChannel;
  readonly ts: string;
  readonly threadTs: string | null;
  readonly userId: string;
  readonly ephemeralTo: string | null;
  /** Mrkdwn, or markdown where `isMarkdown`. */
  text: string;
  isMarkdown: boolean;
  blocks: readonly Fields[];
  readsNames: boolean;
  readonly unfurls: boolean;
  edits: number;
  isDeleted: boolean;
  stream: Stream | null;
}

/** A message as a person sees it at one moment. */
export interface SeenMessage {
  readonly channel: string;
  readonly ts: string;
  /** The thread it stands in, or would begin. */
  readonly thread: string;
  readonly isReply: boolean;
  readonly user: string;
  readonly fromApp: boolean;
  readonly text: string;
  readonly raw: string;
  /** The text alone, which stands beside the blocks. */
  readonly plain: string;
  readonly blocks: readonly Fields[];
  readonly buttons: readonly SlackButton[];
  readonly tasks: readonly SlackTask[];
  readonly stream: Stream['state'] | null;
  readonly appends: number;
  readonly edits: number;
  readonly ephemeralTo: string | null;
  /** Whom it has called: `@channel`, `@U…`. */
  readonly pings: readonly string[];
  /** Of what a preview is shown. */
  readonly unfurled: readonly string[];
}

export type NewMessage = Pick<Message, 'channel' | 'threadTs' | 'userId'> & Partial<Omit<Message, 'channel' | 'ts'>>;

/** What the people and the app of some workspaces have written. */
export type SlackWorld = ReturnType<typeof createSlackWorld>;

export function createSlackWorld() {
  const teams = new Map<string, SlackTeam>();
  const users = new Map<string, SlackUser>();
  const channels = new Map<string, SlackChannel>();
  const messages: Message[] = [];
  const byTs = new Map<string, Message>();
  const pings = new Map<Message, Set<string>>();
  const listeners = new Set<() => void>();
  let counter = 0;
  let last = '';

  const newId = (prefix: string) => {
    counter += 1;
    return `${prefix}${randomBytes(4).toString('hex').toUpperCase()}${counter.toString(36).toUpperCase().padStart(3, '0')}`;
  };
  const nameOf = (id: string) => users.get(id)?.name ?? channels.get(id)?.name ?? id;

  /** Unique, and ever greater. */
  function newTs(): string {
    const micros = BigInt(Date.now()) * 1000n;
    const [seconds = '0', fraction = '0'] = last.split('.');
    const before = last === '' ? 0n : BigInt(seconds) * 1_000_000n + BigInt(fraction);
    const next = micros > before ? micros : before + 1n;
    last = `${next / 1_000_000n}.${String(next % 1_000_000n).padStart(6, '0')}`;
    return last;
  }

  /** Whoever was called once has been called, whatever the message says later. */
  function call(message: Message): void {
    const text = `${message.text}\n${markedTextOf(message.blocks)}`;
    const called = pings.get(message) ?? new Set<string>();
    for (const ping of pingsOf(text, message.readsNames ? 'read' : 'plain')) called.add(ping);
    pings.set(message, called);
  }

  function changed(message?: Message): void {
    if (message !== undefined) call(message);
    for (const listener of listeners) listener();
  }

  function see(message: Message): SeenMessage {
    const { channel, ts, threadTs, userId, text, blocks, stream } = message;
    const fromBlocks = showBlocks(blocks);
    // Where there are blocks, the text is only what a notification says, unless they stand below a stream.
    const raw =
      (stream === null || message.edits > 0) && !message.isMarkdown
        ? fromBlocks || text
        : [text, fromBlocks].filter((part) => part !== '').join('\n');
    return {
      channel: channel.id,
      ts,
      thread: threadTs ?? ts,
      isReply: threadTs !== null,
      user: userId,
      fromApp: users.get(userId)?.isBot === true,
      text: displayed(raw, nameOf),
      raw,
      plain: text,
      blocks,
      buttons: buttonsOf(blocks),
      tasks: [...(stream?.tasks.values() ?? [])],
      stream: stream?.state ?? null,
      appends: stream?.appends ?? 0,
      edits: message.edits,
      ephemeralTo: message.ephemeralTo,
      pings: [...(pings.get(message) ?? [])],
      unfurled: message.unfurls ? linksOf(raw) : [],
    };
  }

  return {
    teams,
    users,
    channels,
    newId,
    newTs,
    nameOf,
    see,
    changed,
    addTeam(id: string, name: string): SlackTeam {
      const team: SlackTeam = { id, name, installation: null };
      teams.set(id, team);
      return team;
    },
    addUser(teamId: string, name: string, isBot = false): SlackUser {
      const user = { id: newId('U'), teamId, name, email: `${name.toLowerCase()}@example.com`, isBot };
      users.set(user.id, user);
      return user;
    },
    addChannel(teamId: string, name: string, { kind = 'channel' }: { kind?: SlackChannel['kind'] } = {}): SlackChannel {
      const prefix = { channel: 'C', group: 'G', im: 'D' }[kind];
      const channel: SlackChannel = { id: newId(prefix), teamId, name, kind, members: new Set(), isShared: false };
      channels.set(channel.id, channel);
      return channel;
    },
    /** The direct conversation of a person with the app. */
    directOf(userId: string, botUserId: string): SlackChannel {
      const both = [...channels.values()].find(({ kind, members }) => {
        return kind === 'im' && members.has(userId) && members.has(botUserId);
      });
      if (both !== undefined) return both;
      const channel = this.addChannel(users.get(userId)?.teamId ?? '', nameOf(userId), { kind: 'im' });
      channel.members.add(userId).add(botUserId);
      return channel;
    },
    write(message: NewMessage): Message {
      const written: Message = {
        ts: newTs(),
        ephemeralTo: null,
        text: '',
        isMarkdown: false,
        blocks: [],
        readsNames: false,
        unfurls: false,
        edits: 0,
        isDeleted: false,
        stream: null,
        ...message,
      };
      messages.push(written);
      byTs.set(`${written.channel.id} ${written.ts}`, written);
      changed(written);
      return written;
    },
    find(channelId: string, ts: string): Message | null {
      const message = byTs.get(`${channelId} ${ts}`);
      return message === undefined || message.isDeleted ? null : message;
    },
    /** What is there to be seen, oldest first; ephemeral ones by everybody who asks for them. */
    seen(where: { readonly channel?: string; readonly thread?: string } = {}): readonly SeenMessage[] {
      return messages
        .filter(({ isDeleted, channel, ts, threadTs }) => {
          if (isDeleted) return false;
          if (where.channel !== undefined && channel.id !== where.channel) return false;
          return where.thread === undefined || (threadTs ?? ts) === where.thread;
        })
        .map(see);
    },
    listen(listener: () => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
