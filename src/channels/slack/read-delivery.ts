import { z } from 'zod';
import type { Delivery, KeptBody } from './delivery.ts';
import { type SlackHome, slackUserIdOf } from './slack-user.ts';
import { digest, laneOfThread } from './thread-ids.ts';

const text = z.string().max(100_000);
const id = z.string().min(1).max(200);

const event = z.looseObject({
  type: id,
  subtype: id.optional(),
  user: z.unknown().optional(),
  user_team: z.unknown().optional(),
  team: z.unknown().optional(),
  bot_id: z.unknown().optional(),
  channel: z.unknown().optional(),
  channel_type: id.optional(),
  text: text.optional(),
  ts: id.optional(),
  thread_ts: id.optional(),
  tab: id.optional(),
  hidden: z.boolean().optional(),
  files: z.array(z.looseObject({ name: z.string().nullish() })).optional(),
  tokens: z.looseObject({ bot: z.array(z.string()).optional() }).optional(),
});
type SlackEvent = z.output<typeof event>;

const appId = id.optional();
const callback = z.looseObject({
  type: z.literal('event_callback'),
  event_id: id,
  team_id: id,
  api_app_id: appId,
  enterprise_id: id.nullish(),
  authorizations: z.array(z.looseObject({ enterprise_id: id.nullish() })).nullish(),
  is_ext_shared_channel: z.boolean().optional(),
  event,
});

const press = z.looseObject({
  type: z.literal('block_actions'),
  user: z.looseObject({ id, team_id: id.optional() }),
  team: z.looseObject({ id }).nullish(),
  enterprise: z.looseObject({ id }).nullish(),
  api_app_id: appId,
  channel: z.looseObject({ id }).optional(),
  container: z
    .looseObject({ message_ts: id.optional(), channel_id: id.optional(), thread_ts: id.optional() })
    .optional(),
  message: z.looseObject({ ts: id, thread_ts: id.optional() }).optional(),
  trigger_id: id.optional(),
  response_url: z.string().max(2_000).optional(),
  actions: z
    .array(z.looseObject({ action_id: id, action_ts: id.optional(), value: z.string().max(4_000).optional() }))
    .min(1)
    .max(25),
});

const command = z.looseObject({
  command: id,
  text: text.optional(),
  team_id: id,
  channel_id: id,
  user_id: id,
  api_app_id: appId,
  trigger_id: id.optional(),
  response_url: z.string().max(2_000).optional(),
});

/**
 * What is to be kept of something Slack has sent; null for what is nothing to us: messages of bots and of the app itself,
 * changes of messages, and what people say to one another in a channel. That is not even stored.
 */
export function readDelivery(body: unknown): Delivery | null {
  const told = callback.safeParse(body);
  if (told.success) return readEvent(told.data);
  const pressed = press.safeParse(body);
  if (pressed.success) return readPress(pressed.data);
  const typed = command.safeParse(body);
  return typed.success ? readCommand(typed.data) : null;
}

function readEvent(given: z.output<typeof callback>): Delivery | null {
  const { team_id: teamId, event_id: eventId, event: told, authorizations, is_ext_shared_channel: isShared } = given;
  const enterpriseId = given.enterprise_id ?? authorizations?.[0]?.enterprise_id ?? null;
  const kept = keepEvent(told, { teamId, enterpriseId, isShared: isShared !== false });
  if (kept === null) return null;
  return { id: `${teamId}:${eventId}`, kind: 'event', teamId, appId: given.api_app_id ?? null, ...kept };
}

interface Kept {
  readonly lane: string;
  readonly body: KeptBody;
}

function keepEvent(told: SlackEvent, home: SlackHome): Kept | null {
  const { teamId } = home;
  switch (told.type) {
    case 'app_mention':
    case 'message':
      return keepMessage(told, home);
    case 'app_home_opened':
      return keepHome(told, teamId);
    case 'agent_session_stopped':
      return keepHalt(told, teamId);
    case 'app_uninstalled':
      return { lane: `ended:${teamId}`, body: { type: 'ended', why: 'app_uninstalled' } };
    case 'tokens_revoked':
      // Those of people are not what the app works with.
      if ((told.tokens?.bot ?? []).length === 0) return null;
      return { lane: `ended:${teamId}`, body: { type: 'ended', why: 'tokens_revoked' } };
    default:
      return null;
  }
}

/** A message of a person: one with a file, and one sent to the channel as well, have a subtype all the same. */
const subtypesOfPeople: readonly (string | undefined)[] = [undefined, 'file_share', 'thread_broadcast'];

function keepMessage(told: SlackEvent, home: SlackHome): Kept | null {
  const { ts, user, channel } = told;
  const isOfPerson =
    subtypesOfPeople.includes(told.subtype) && (told.bot_id ?? null) === null && told.hidden !== true && isId(user);
  if (!isOfPerson || !isId(user) || !isId(channel) || ts === undefined) return null;
  const isDirect = told.channel_type === 'im';
  const isCall = isDirect || told.type === 'app_mention';
  // Only a thread can be one the app has joined.
  if (!isCall && told.thread_ts === undefined) return null;
  const threadTs = told.thread_ts ?? ts;
  return {
    lane: laneOfThread(home.teamId, channel, threadTs),
    body: {
      type: 'message',
      channelId: channel,
      ts,
      threadTs,
      slackUserId: slackUserIdOf(user, told.user_team ?? told.team, home),
      text: told.text ?? '',
      files: (told.files ?? []).map(({ name }) => name ?? 'a file'),
      where: isDirect ? 'direct' : 'channel',
      isCall,
    },
  };
}

function keepHome({ tab, user, channel }: SlackEvent, teamId: string): Kept | null {
  if (tab !== 'messages' || !isId(user) || !isId(channel)) return null;
  return { lane: `home:${teamId}:${user}`, body: { type: 'home', channelId: channel, slackUserId: user } };
}

function keepHalt({ user, channel, thread_ts: threadTs, ts }: SlackEvent, teamId: string): Kept | null {
  const thread = threadTs ?? ts;
  if (!isId(user) || !isId(channel) || thread === undefined) return null;
  return {
    lane: `halt:${teamId}:${channel}:${thread}`,
    body: { type: 'halt', channelId: channel, threadTs: thread, slackUserId: user },
  };
}

function readPress(pressed: z.output<typeof press>): Delivery | null {
  const { user, team, enterprise, channel, container, message, actions } = pressed;
  const teamId = team?.id ?? user.team_id;
  const channelId = channel?.id ?? container?.channel_id;
  const messageTs = message?.ts ?? container?.message_ts;
  if (teamId === undefined || channelId === undefined || messageTs === undefined) return null;
  const presses = actions.map(({ action_id: actionId, value = '' }) => ({ actionId, value }));
  // Slack gives presses no id; with each of these it is a press of its own.
  const times = actions.map(({ action_ts: at = '' }) => at);
  const facts = [pressed.trigger_id ?? '', user.id, channelId, messageTs, ...times, JSON.stringify(presses)];
  const home = { teamId, enterpriseId: enterprise?.id ?? null, isShared: true };
  const key = `${teamId}:press:${digest(facts)}`;
  return {
    id: key,
    kind: 'action',
    teamId,
    appId: pressed.api_app_id ?? null,
    // Nobody waits for anybody else's button.
    lane: key,
    body: {
      type: 'press',
      channelId,
      messageTs,
      threadTs: message?.thread_ts ?? container?.thread_ts ?? null,
      slackUserId: slackUserIdOf(user.id, user.team_id, home),
      responseUrl: pressed.response_url ?? null,
      presses,
    },
  };
}

function readCommand(typed: z.output<typeof command>): Delivery {
  const { team_id: teamId, user_id: slackUserId, channel_id: channelId, text: words = '' } = typed;
  const facts = [typed.trigger_id ?? '', typed.response_url ?? '', slackUserId, channelId, typed.command, words];
  return {
    id: `${teamId}:command:${digest(facts)}`,
    kind: 'command',
    teamId,
    appId: typed.api_app_id ?? null,
    lane: `commands:${teamId}:${slackUserId}`,
    body: { type: 'command', channelId, slackUserId, text: words, responseUrl: typed.response_url ?? null },
  };
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 200;
}
