import { type Call, channelFor, required, threadFor } from './call.ts';
import { type Fields, listOf, refuse, textOf } from './fields.ts';

export interface SuggestedPrompts {
  readonly channel: string;
  readonly title: string | null;
  readonly prompts: readonly { readonly title: string; readonly message: string }[];
}

export interface SlackStatus {
  readonly channel: string;
  readonly thread: string;
  readonly text: string;
}

/** What an agent's conversation shows beside its messages. */
export function createAssistant() {
  const prompts = new Map<string, SuggestedPrompts>();
  const statuses: SlackStatus[] = [];

  function setStatus(call: Call): Fields {
    const { args } = call;
    required(args, 'channel_id', 'thread_ts');
    if (args.status === undefined) refuse('invalid_arguments', 'missing required field: status');
    const channel = channelFor(call, 'channel_id');
    const thread = threadFor(call, channel) ?? '';
    if (args.loading_messages !== undefined) checkLoading(args.loading_messages);
    statuses.push({ channel: channel.id, thread, text: textOf(args.status) });
    call.world.changed();
    return {};
  }

  function setPrompts(call: Call): Fields {
    const { args, app } = call;
    required(args, 'channel_id', 'prompts');
    const channel = channelFor(call, 'channel_id');
    const all = listOf(args.prompts).map(({ title, message }) => ({ title: textOf(title), message: textOf(message) }));
    if (all.length > 4 || all.length === 0) refuse('invalid_arguments', 'there are one to four prompts');
    if (all.some(({ title, message }) => title === '' || message === '')) {
      refuse('invalid_arguments', 'a prompt has a title and a message');
    }
    // Of an agent Slack takes the call and does nothing.
    if (app.isAgent && args.thread_ts !== undefined) return {};
    prompts.set(channel.id, { channel: channel.id, title: textOf(args.title) || null, prompts: all });
    call.world.changed();
    return {};
  }

  const methods: Readonly<Record<string, (call: Call) => Fields>> = {
    'assistant.threads.setStatus': setStatus,
    'assistant.threads.setSuggestedPrompts': setPrompts,
    'assistant.threads.setTitle': () => ({}),
    'agents.sessions.setStatus': () => ({}),
    'agents.sessions.rename': () => ({}),
  };

  return {
    prompts,
    statuses,
    /** Undefined for what is no method of its. */
    run(call: Call): Fields | undefined {
      const method = methods[call.method];
      if (method === undefined) return undefined;
      const { scopes } = call.installation;
      const scope = call.method === 'assistant.threads.setStatus' ? 'chat:write' : 'assistant:write';
      if (!scopes.includes('assistant:write') && !scopes.includes(scope)) refuse('missing_scope', `needed: ${scope}`);
      return method(call);
    },
  };
}

function checkLoading(value: unknown): void {
  const isList = Array.isArray(value) && value.every((each) => typeof each === 'string');
  if (!isList || value.length > 10) refuse('invalid_arguments', 'loading_messages has at most 10 texts');
}
