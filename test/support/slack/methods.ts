import { acceptBlocks } from './blocks.ts';
import { type Call, channelFor, type Method, required, threadFor } from './call.ts';
import { type Fields, fieldsOf, listOf, refuse, textOf } from './fields.ts';
import { feed, newStream, requireStreaming } from './streams.ts';
import type { Message, SeenMessage, SlackChannel } from './world.ts';

/** What a token must hold for a method; `null` is anything. */
const methods: Readonly<Record<string, { readonly scope: string | null; readonly run: Method }>> = {
  'auth.test': { scope: null, run: authTest },
  'auth.revoke': { scope: null, run: authRevoke },
  'bots.info': { scope: 'users:read', run: botInfo },
  'users.info': { scope: 'users:read', run: userInfo },
  'team.info': { scope: 'team:read', run: ({ team }) => ({ team: { id: team.id, name: team.name } }) },
  'conversations.info': { scope: null, run: conversationInfo },
  'conversations.open': { scope: 'im:write', run: openConversation },
  'conversations.replies': { scope: null, run: replies },
  'conversations.history': { scope: null, run: history },
  'users.conversations': { scope: null, run: conversationsOfBot },
  'chat.postMessage': { scope: 'chat:write', run: postMessage },
  'chat.postEphemeral': { scope: 'chat:write', run: postEphemeral },
  'chat.update': { scope: 'chat:write', run: updateMessage },
  'chat.delete': { scope: 'chat:write', run: deleteMessage },
  'chat.getPermalink': { scope: null, run: permalink },
  'chat.startStream': { scope: 'chat:write', run: startStream },
  'chat.appendStream': { scope: 'chat:write', run: appendStream },
  'chat.stopStream': { scope: 'chat:write', run: stopStream },
  'views.open': { scope: null, run: openView },
  'views.publish': { scope: null, run: ({ args }) => ({ view: fieldsOf(args.view) }) },
};

export function runMethod(call: Call): Fields {
  const method = methods[call.method];
  if (method === undefined) refuse('unknown_method');
  const { scope } = method;
  if (scope !== null && !call.installation.scopes.includes(scope)) {
    refuse('missing_scope', `needed: ${scope}, provided: ${call.installation.scopes.join(',')}`);
  }
  return method.run(call);
}

function authTest({ team, installation, world }: Call): Fields {
  const { botUserId, botId } = installation;
  const url = `https://${team.name.toLowerCase().replaceAll(/\W/g, '-')}.slack.com/`;
  const names = { team: team.name, user: world.nameOf(botUserId) };
  return { url, ...names, team_id: team.id, user_id: botUserId, bot_id: botId, is_enterprise_install: false };
}

function authRevoke({ installation }: Call): Fields {
  installation.alive = false;
  return { revoked: true };
}

function botInfo({ args, installation, app, world }: Call): Fields {
  if (args.bot !== undefined && args.bot !== installation.botId) refuse('bot_not_found');
  const { botId: id, botUserId } = installation;
  return { bot: { id, app_id: app.id, user_id: botUserId, name: world.nameOf(botUserId), deleted: false } };
}

function userInfo({ args, installation, world }: Call): Fields {
  const user = world.users.get(textOf(args.user));
  if (user === undefined || user.teamId !== installation.teamId) refuse('user_not_found');
  const { id, name, teamId, isBot } = user;
  const email = installation.scopes.includes('users:read.email') ? { email: user.email } : {};
  const profile = { real_name: name, display_name: name.toLowerCase(), ...email };
  return {
    user: { id, team_id: teamId, name: name.toLowerCase(), real_name: name, deleted: false, is_bot: isBot, profile },
  };
}

/** What a bot must hold to look at a conversation. */
const scopeToRead = { channel: 'channels:', group: 'groups:', im: 'im:' } as const;

function readable(call: Call, what: 'read' | 'history'): SlackChannel {
  const { args, world, installation } = call;
  const channel = world.channels.get(textOf(args.channel));
  if (channel === undefined || channel.teamId !== installation.teamId) refuse('channel_not_found');
  const scope = `${scopeToRead[channel.kind]}${what}`;
  if (!installation.scopes.includes(scope)) refuse('missing_scope', `needed: ${scope}`);
  if (channel.kind !== 'channel' && !channel.members.has(installation.botUserId)) refuse('channel_not_found');
  return channel;
}

function describe(channel: SlackChannel, { installation }: Call): Fields {
  const { id, name, kind, members, isShared: is_ext_shared } = channel;
  const is = { is_channel: kind === 'channel', is_group: kind === 'group', is_im: kind === 'im', is_ext_shared };
  const user = kind === 'im' ? { user: [...members].find((member) => member !== installation.botUserId) } : { name };
  const isMember = members.has(installation.botUserId);
  return { id, ...user, ...is, is_archived: false, is_private: kind !== 'channel', is_member: isMember };
}

function conversationInfo(call: Call): Fields {
  return { channel: describe(readable(call, 'read'), call) };
}

function openConversation(call: Call): Fields {
  const users = textOf(call.args.users);
  if (users.includes(',')) refuse('method_not_supported_for_channel_type');
  const user = call.world.users.get(users);
  if (user === undefined || user.teamId !== call.installation.teamId) refuse('user_not_found');
  return { channel: { id: call.world.directOf(users, call.installation.botUserId).id } };
}

function replies(call: Call): Fields {
  const channel = readable(call, 'history');
  const ts = textOf(call.args.ts);
  if (call.world.find(channel.id, ts) === null) refuse('thread_not_found');
  return { messages: listed(call, call.world.seen({ channel: channel.id, thread: ts })), has_more: false };
}

/** Only what stands in no thread, newest first. */
function history(call: Call): Fields {
  const all = call.world.seen({ channel: readable(call, 'history').id }).filter(({ isReply }) => !isReply);
  return { messages: listed(call, all.toReversed()), has_more: false };
}

function listed({ args, app, installation }: Call, all: readonly SeenMessage[]): Fields[] {
  const [oldest, latest] = [Number(args.oldest ?? 0), Number(args.latest ?? Number.POSITIVE_INFINITY)];
  const within = all.filter(({ ts, thread, ephemeralTo, isReply }) => {
    // The message a thread begins with is always among those of the thread.
    const isRoot = !isReply && ts === thread && args.ts === ts;
    return ephemeralTo === null && (isRoot || (Number(ts) > oldest && Number(ts) <= latest));
  });
  return within.slice(0, Number(args.limit ?? 1000)).map(({ user, ts, thread, plain, blocks, fromApp }) => {
    const from = fromApp ? { bot_id: installation.botId, app_id: app.id } : {};
    const inBlocks = blocks.length === 0 ? {} : { blocks };
    return { type: 'message', user, ...from, ts, thread_ts: thread, text: plain, ...inBlocks };
  });
}

const kindOfType: Readonly<Record<string, SlackChannel['kind']>> = {
  public_channel: 'channel',
  private_channel: 'group',
  im: 'im',
};

function conversationsOfBot(call: Call): Fields {
  const { args, world, installation } = call;
  const kinds = (textOf(args.types) || 'public_channel').split(',').map((type) => kindOfType[type]);
  for (const kind of kinds) {
    if (kind === undefined) refuse('invalid_types');
    const scope = `${scopeToRead[kind]}read`;
    if (!installation.scopes.includes(scope)) refuse('missing_scope', `needed: ${scope}`);
  }
  const own = [...world.channels.values()].filter(({ kind, members, teamId }) => {
    return teamId === installation.teamId && kinds.includes(kind) && members.has(installation.botUserId);
  });
  return { channels: own.map((channel) => describe(channel, call)), response_metadata: { next_cursor: '' } };
}

interface Content {
  readonly text: string;
  readonly isMarkdown: boolean;
  readonly blocks: readonly Fields[];
  readonly readsNames: boolean;
}

/** Throws for what says nothing, says it twice, or says too much. */
function readContent({ args, world }: Call): Content {
  const markdown = args.markdown_text;
  if (markdown !== undefined && (args.text !== undefined || args.blocks !== undefined))
    refuse('markdown_text_conflict');
  const blocks = acceptBlocks(args.blocks, () => world.newId('b'));
  const text = markdown === undefined ? textOf(args.text) : textOf(markdown);
  if (text === '' && blocks.length === 0 && listOf(args.attachments).length === 0) refuse('no_text');
  if (text.length > (markdown === undefined ? 40_000 : 12_000)) refuse('msg_too_long');
  const readsNames = args.link_names === true || args.link_names === '1' || args.parse === 'full';
  return { text, isMarkdown: markdown !== undefined, blocks, readsNames };
}

function answer(message: Message, { installation, app }: Call): Fields {
  const { channel, ts, text, blocks, threadTs, userId } = message;
  const thread = threadTs === null ? {} : { thread_ts: threadTs };
  const from = { user: userId, bot_id: installation.botId, app_id: app.id, team: installation.teamId };
  return { channel: channel.id, ts, message: { type: 'message', ts, ...from, ...thread, text, blocks } };
}

function postMessage(call: Call): Fields {
  const { args, world, installation, tell } = call;
  const channel = channelFor(call);
  const threadTs = threadFor(call, channel);
  const unfurls = args.unfurl_links !== false || args.unfurl_media !== false;
  const message = world.write({ channel, threadTs, userId: installation.botUserId, ...readContent(call), unfurls });
  const { message: told } = answer(message, call);
  tell({ ...(told as Fields), type: 'message', channel: channel.id }, channel);
  return answer(message, call);
}

function postEphemeral(call: Call): Fields {
  const { args, world, installation } = call;
  required(args, 'user');
  const channel = channelFor(call);
  const user = textOf(args.user);
  if (!channel.members.has(user)) refuse('user_not_in_channel');
  const threadTs = threadFor(call, channel);
  const written = { channel, threadTs, userId: installation.botUserId, ephemeralTo: user, ...readContent(call) };
  return { message_ts: world.write(written).ts };
}

function own(call: Call, problem: string): Message {
  const channel = channelFor(call);
  const message = call.world.find(channel.id, textOf(call.args.ts));
  if (message === null || message.ephemeralTo !== null) refuse('message_not_found');
  if (message.userId !== call.installation.botUserId) refuse(problem);
  return message;
}

function updateMessage(call: Call): Fields {
  const message = own(call, 'cant_update_message');
  if (message.stream?.state === 'streaming') refuse('streaming_state_conflict');
  const content = readContent(call);
  // Blocks stay where nothing is said of them.
  const keepsBlocks = call.args.blocks === undefined && call.args.markdown_text === undefined;
  Object.assign(message, content, keepsBlocks ? { blocks: message.blocks } : {});
  message.stream?.tasks.clear();
  message.edits += 1;
  call.world.changed(message);
  tellOfChange(message, call);
  return { ...answer(message, call), text: message.text };
}

function tellOfChange(message: Message, call: Call): void {
  const { channel, ts } = message;
  const told = { subtype: 'message_changed', hidden: true, channel: channel.id, ts: call.world.newTs() };
  call.tell({ type: 'message', ...told, message: answer(message, call).message, previous_message: { ts } }, channel);
}

function deleteMessage(call: Call): Fields {
  const message = own(call, 'cant_delete_message');
  message.isDeleted = true;
  call.world.changed();
  const told = { subtype: 'message_deleted', hidden: true, channel: message.channel.id, ts: call.world.newTs() };
  call.tell({ type: 'message', ...told, deleted_ts: message.ts }, message.channel);
  return { channel: message.channel.id, ts: message.ts };
}

function permalink(call: Call): Fields {
  const channel = channelFor(call);
  const ts = textOf(call.args.message_ts);
  if (call.world.find(channel.id, ts) === null) refuse('message_not_found');
  return { channel: channel.id, permalink: `https://team.slack.com/archives/${channel.id}/p${ts.replace('.', '')}` };
}

function startStream(call: Call): Fields {
  const { args, world, installation } = call;
  const channel = channelFor(call);
  required(args, 'thread_ts');
  const threadTs = threadFor(call, channel);
  const recipient = textOf(args.recipient_user_id);
  if (channel.kind !== 'im') {
    if (args.recipient_team_id !== installation.teamId) refuse('missing_recipient_team_id');
    if (recipient === '') refuse('missing_recipient_user_id');
    if (!world.users.has(recipient)) refuse('user_not_found');
  }
  const mode = args.task_display_mode ?? 'timeline';
  if (mode !== 'timeline' && mode !== 'plan') refuse('invalid_arguments', 'task_display_mode is timeline or plan');
  // Held against the rules before anybody sees it.
  const draft = { stream: newStream(recipient || null), text: '', blocks: [] } as unknown as Message;
  feed(draft, args, () => world.newId('b'));
  const { stream, text, blocks } = draft;
  const userId = installation.botUserId;
  const message = world.write({ channel, threadTs, userId, isMarkdown: true, stream, text, blocks });
  const { message: told } = answer(message, call);
  call.tell({ ...(told as Fields), type: 'message', channel: channel.id }, channel);
  return { channel: channel.id, ts: message.ts };
}

function appendStream(call: Call): Fields {
  const message = own(call, 'message_not_owned_by_app');
  const stream = requireStreaming(message);
  if (!feed(message, call.args, () => call.world.newId('b'))) refuse('no_text');
  stream.appends += 1;
  call.world.changed(message);
  return { channel: message.channel.id, ts: message.ts };
}

function stopStream(call: Call): Fields {
  const message = own(call, 'message_not_owned_by_app');
  const stream = requireStreaming(message);
  const newBlockId = () => call.world.newId('b');
  const blocks = acceptBlocks(call.args.blocks, newBlockId);
  feed(message, call.args, newBlockId);
  message.blocks = [...message.blocks, ...blocks];
  stream.state = 'stopped';
  call.world.changed(message);
  tellOfChange(message, call);
  return answer(message, call);
}

function openView({ args, triggers }: Call): Fields {
  if (!triggers.delete(textOf(args.trigger_id))) refuse('invalid_trigger_id');
  return { view: { id: 'V1', ...fieldsOf(args.view) } };
}
