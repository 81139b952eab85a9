import type { SlackApp } from './app.ts';
import { type Fields, refuse, SlackRefusal, textOf } from './fields.ts';
import type { Installation, SlackChannel, SlackTeam, SlackWorld } from './world.ts';

/** One call of the Web API, by a bot of one workspace. */
export interface Call {
  readonly method: string;
  readonly args: Fields;
  readonly team: SlackTeam;
  readonly installation: Installation;
  readonly world: SlackWorld;
  readonly app: SlackApp;
  /** Tells the app of its own messages, as Slack does. */
  readonly tell: (event: Fields & { readonly type: string }, channel: SlackChannel) => void;
  /** What a press or a command has allowed for three seconds. */
  readonly triggers: Set<string>;
}

export type Method = (call: Call) => Fields;

/** Fields that hold JSON inside a form. */
const written = ['blocks', 'chunks', 'attachments', 'metadata', 'view', 'prompts', 'loading_messages'];

export function readArgs(type: string, body: string): Fields {
  if (type.startsWith('application/json')) return parse(body, 'invalid_json') as Fields;
  if (!type.startsWith('application/x-www-form-urlencoded')) refuse('invalid_post_type');
  const form = Object.fromEntries(new URLSearchParams(body));
  return Object.fromEntries(
    Object.entries(form).map(([name, value]) => [
      name,
      written.includes(name)
        ? parse(value, name === 'blocks' ? 'invalid_blocks_format' : 'invalid_arguments')
        : plain(value),
    ]),
  );
}

function parse(text: string, code: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SlackRefusal(code);
  }
}

function plain(value: string): string | boolean {
  return value === 'true' ? true : value === 'false' ? false : value;
}

/** The channel, if the bot may write there. A person's id stands for the direct conversation with them. */
export function channelFor({ args, world, installation }: Call, name = 'channel'): SlackChannel {
  const id = textOf(args[name]);
  const user = world.users.get(id);
  if (user !== undefined && user.teamId === installation.teamId) return world.directOf(id, installation.botUserId);
  const channel = world.channels.get(id);
  if (channel === undefined || channel.teamId !== installation.teamId) refuse('channel_not_found');
  if (!channel.members.has(installation.botUserId)) {
    refuse(channel.kind === 'channel' ? 'not_in_channel' : 'channel_not_found');
  }
  return channel;
}

/** The beginning of the thread it is to be written in. */
export function threadFor({ args, world }: Call, channel: SlackChannel): string | null {
  if (args.thread_ts === undefined) return null;
  const ts = textOf(args.thread_ts);
  const root = world.find(channel.id, ts);
  if (root === null) refuse('thread_not_found');
  return root.threadTs ?? root.ts;
}

export function required(args: Fields, ...names: readonly string[]): void {
  for (const name of names) {
    const value = args[name];
    if (value === undefined || value === '') refuse('invalid_arguments', `missing required field: ${name}`);
  }
}
