import type { SlackApp } from './app.ts';
import type { SlackButton } from './blocks.ts';
import type { Deliveries, Delivery } from './delivery.ts';
import type { Fields } from './fields.ts';
import type { ResponseUrls } from './response-urls.ts';
import type { Message, SeenMessage, SlackChannel, SlackTeam, SlackUser, SlackWorld } from './world.ts';

export interface Said {
  readonly channel: string;
  readonly ts: string;
  /** Its thread, or the one that it would begin. */
  readonly thread: string;
  /** Resolves once Slack has told the app, or given up. */
  readonly told: Promise<readonly Delivery[]>;
}

export interface Saying {
  readonly user: SlackUser;
  readonly text: string;
  /** A direct message to the app when it is left out. */
  readonly channel?: SlackChannel;
  /** The thread it is an answer in. */
  readonly thread?: string;
}

export interface Command {
  readonly user: SlackUser;
  readonly text: string;
  readonly command?: string;
  readonly channel?: SlackChannel;
}

export interface PeopleDeps {
  readonly app: SlackApp;
  readonly world: SlackWorld;
  readonly deliveries: Deliveries;
  readonly responseUrls: ResponseUrls;
  readonly triggers: Set<string>;
}

type Event = Fields & { readonly type: string };

/** What people do in Slack, and what the app is told of it. */
export function createPeople({ app, world, deliveries, responseUrls, triggers }: PeopleDeps) {
  const teamOf = (id: string): SlackTeam => {
    const team = world.teams.get(id);
    if (team === undefined) throw new Error(`There is no team ${id}.`);
    return team;
  };

  /** Null where the app is not sent such an event there: not asked for, not allowed, not installed. */
  function tell(team: SlackTeam, name: string, event: Event): Promise<Delivery> | null {
    const { installation } = team;
    if (installation === null || !app.events.has(name)) return null;
    if (!installation.alive && name !== 'app_uninstalled' && name !== 'tokens_revoked') return null;
    const id = world.newId('Ev');
    const authorization = { enterprise_id: null, team_id: team.id, user_id: installation.botUserId, is_bot: true };
    return deliveries.send('event', id, {
      token: 'verification-token',
      team_id: team.id,
      context_team_id: team.id,
      api_app_id: app.id,
      event,
      type: 'event_callback',
      event_id: id,
      event_time: Math.floor(Date.now() / 1000),
      authorizations: [{ ...authorization, is_enterprise_install: false }],
      is_ext_shared_channel: world.channels.get(String(event.channel))?.isShared === true,
    });
  }

  const nameOf = { channel: 'message.channels', group: 'message.groups', im: 'message.im' } as const;

  function tellOfMessage(channel: SlackChannel, event: Event): Promise<Delivery> | null {
    const team = teamOf(channel.teamId);
    if (team.installation === null || !channel.members.has(team.installation.botUserId)) return null;
    return tell(team, nameOf[channel.kind], { ...event, channel_type: channel.kind, event_ts: world.newTs() });
  }

  function say({ user, text, thread, channel: given }: Saying): Said {
    const team = teamOf(user.teamId);
    const bot = team.installation?.botUserId ?? '';
    const channel = given ?? world.directOf(user.id, bot);
    if (!channel.members.has(user.id)) throw new Error(`${user.name} is not in ${channel.name}.`);
    const message = world.write({ channel, threadTs: thread ?? null, userId: user.id, text });
    const { ts } = message;
    const about = { user: user.id, text, ts, channel: channel.id, team: team.id, client_msg_id: world.newId('m') };
    const inThread =
      thread === undefined ? {} : { thread_ts: thread, parent_user_id: world.find(channel.id, thread)?.userId };
    const plain = tellOfMessage(channel, { ...about, ...inThread, type: 'message' });
    // Of a mention in a channel an app that reads along there hears twice.
    const isMention = channel.kind !== 'im' && channel.members.has(bot) && text.includes(`<@${bot}>`);
    const mention = isMention
      ? tell(team, 'app_mention', { ...about, ...inThread, type: 'app_mention', event_ts: ts })
      : null;
    const told = [mention, plain].filter((each) => each !== null);
    return { channel: channel.id, ts, thread: thread ?? ts, told: Promise.all(told) };
  }

  const mentionOf = (user: SlackUser) => `<@${teamOf(user.teamId).installation?.botUserId ?? ''}>`;
  const newTrigger = (): string => {
    const id = `${Date.now()}.${world.newId('t')}`;
    triggers.add(id);
    setTimeout(() => triggers.delete(id), 3_000).unref();
    return id;
  };
  const personIn = (user: SlackUser) => {
    return { id: user.id, username: user.name.toLowerCase(), name: user.name.toLowerCase(), team_id: user.teamId };
  };

  function press(seen: SeenMessage, button: SlackButton, user: SlackUser): Promise<Delivery> {
    const channel = world.channels.get(seen.channel);
    const team = teamOf(user.teamId);
    if (channel === undefined || !channel.members.has(user.id)) throw new Error(`${user.name} does not see that.`);
    const { actionId: action_id, blockId: block_id, value, type, text } = button;
    const thread = seen.isReply ? { thread_ts: seen.thread } : {};
    const isEphemeral = seen.ephemeralTo !== null;
    const container = {
      type: 'message',
      message_ts: seen.ts,
      channel_id: channel.id,
      is_ephemeral: isEphemeral,
      ...thread,
    };
    const message = { type: 'message', user: seen.user, ts: seen.ts, text: seen.raw, blocks: seen.blocks, ...thread };
    const action = { action_id, block_id, type, value, action_ts: world.newTs(), text: { type: 'plain_text', text } };
    return deliveries.send('action', world.newId('a'), {
      type: 'block_actions',
      user: personIn(user),
      api_app_id: app.id,
      token: 'verification-token',
      container,
      trigger_id: newTrigger(),
      team: { id: team.id, domain: team.name.toLowerCase() },
      enterprise: null,
      is_enterprise_install: false,
      channel: { id: channel.id, name: channel.kind === 'im' ? 'directmessage' : channel.name },
      // Of what only one person sees nothing is said.
      ...(isEphemeral ? {} : { message }),
      state: { values: {} },
      response_url: responseUrls.make({ channel, user, seen }),
      actions: [action],
    });
  }

  return {
    tell,
    tellOfMessage,
    say,
    /** Writes to the app in a channel. */
    mention: (saying: Saying & { readonly channel: SlackChannel }) =>
      say({ ...saying, text: `${mentionOf(saying.user)} ${saying.text}` }),
    direct: (saying: Omit<Saying, 'channel'>) => say(saying),
    /** Presses a button of a message as it was seen: by its action, or by what stands on it. */
    press(seen: SeenMessage, which: string | RegExp, user: SlackUser): Promise<Delivery> {
      const fits = ({ actionId, text, value }: SlackButton) =>
        typeof which === 'string' ? actionId === which : [text, actionId, value].some((each) => which.test(each));
      const button = seen.buttons.find(fits);
      if (button === undefined)
        throw new Error(`There is no ${which} on “${seen.text}”: ${JSON.stringify(seen.buttons)}`);
      return press(seen, button, user);
    },
    /** Answers what Slack shows whoever has typed it, at once. */
    async command({ user, text, command = '/persona', channel }: Command): Promise<Delivery> {
      const team = teamOf(user.teamId);
      const where = channel ?? world.directOf(user.id, team.installation?.botUserId ?? '');
      if (!app.commands.has(command)) throw new Error(`${command} is not a valid command.`);
      const delivery = await deliveries.send('command', world.newId('c'), {
        token: 'verification-token',
        team_id: team.id,
        team_domain: team.name.toLowerCase(),
        channel_id: where.id,
        channel_name: where.kind === 'im' ? 'directmessage' : where.name,
        user_id: user.id,
        user_name: user.name.toLowerCase(),
        command,
        text,
        api_app_id: app.id,
        is_enterprise_install: 'false',
        response_url: responseUrls.make({ channel: where, user, seen: null }),
        trigger_id: newTrigger(),
      });
      const body = delivery.attempts.at(-1)?.body ?? '';
      if (delivery.acknowledged && body !== '')
        responseUrls.show({ channel: where, user, seen: null }, readAnswer(body));
      return delivery;
    },
    /** Opens the app's own page. */
    openHome(user: SlackUser, tab: 'messages' | 'home' = 'messages'): Promise<Delivery> | null {
      const team = teamOf(user.teamId);
      const channel = world.directOf(user.id, team.installation?.botUserId ?? '');
      const event = { type: 'app_home_opened', user: user.id, channel: channel.id, tab, event_ts: world.newTs() };
      return tell(team, 'app_home_opened', event);
    },
    /** Presses Slack's own stop button: what was streamed there stops at once. */
    stopSession(user: SlackUser, channel: string, thread: string): Promise<Delivery> | null {
      const streams = world.seen({ channel, thread }).filter(({ stream }) => stream === 'streaming');
      for (const { ts } of streams) stopStream(world.find(channel, ts));
      return tell(teamOf(user.teamId), 'agent_session_stopped', {
        type: 'agent_session_stopped',
        user: user.id,
        channel,
        thread_ts: thread,
        streaming_message_ts: streams.map(({ ts }) => ts),
        event_ts: world.newTs(),
      });
    },
    /** Takes the app out of the workspace: its tokens are over before it hears of it. */
    async uninstall(team: SlackTeam): Promise<void> {
      const { installation } = team;
      if (installation === null) return;
      installation.alive = false;
      const tokens = { oauth: [], bot: [installation.botUserId] };
      await Promise.all([
        tell(team, 'tokens_revoked', { type: 'tokens_revoked', tokens }),
        tell(team, 'app_uninstalled', { type: 'app_uninstalled' }),
      ]);
    },
    async revokeTokens(team: SlackTeam): Promise<void> {
      const { installation } = team;
      if (installation === null) return;
      installation.alive = false;
      await tell(team, 'tokens_revoked', {
        type: 'tokens_revoked',
        tokens: { oauth: [], bot: [installation.botUserId] },
      });
    },
  };
}

function stopStream(message: Message | null): void {
  if (message?.stream) message.stream.state = 'stopped';
}

function readAnswer(body: string): Fields {
  try {
    return JSON.parse(body) as Fields;
  } catch {
    return { text: body };
  }
}
