import { type UseChatHelpers, useChat } from '@ai-sdk/react';
import { useQueryClient } from '@tanstack/react-query';
import { type RefObject, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { ChatMessage, ConversationDetailView } from '#channels/http/contract/conversations.ts';
import { api, describeError, newId, ProblemError } from '../../api-client.ts';
import { queryKeys } from '../../queries.ts';
import { hasUnknownOutcome, isFinal, isSame, waitsForDecision, withHeldAnswer } from './answer-state.ts';
import { createChatTransport } from './chat-transport.ts';
import { useGlances } from './use-glances.ts';
import { useReconnect } from './use-reconnect.ts';

/**
 * `waiting`: for a person's decision. `sent`: for the first word of an answer. `lost`: the service cannot be reached; the
 * persona may well be working on.
 */
export type Phase = 'idle' | 'waiting' | 'sent' | 'answering' | 'stopping' | 'lost';

interface SentMessage {
  readonly id: string;
  readonly text: string;
}

interface ConversationOptions {
  readonly id: string;
  readonly personaId: string;
  /** Null for a conversation the service does not know yet. */
  readonly detail: ConversationDetailView | null;
  /** Called with the text of a message the service did not take, so that it is not lost. */
  readonly onGivenBack: (text: string) => void;
}

interface News {
  readonly id: string;
  readonly chat: Pick<UseChatHelpers<ChatMessage>, 'messages' | 'setMessages'>;
  /** Counts what was begun here, so that a look that comes late shows nothing old. */
  readonly turn: RefObject<number>;
  readonly left: RefObject<boolean>;
  readonly follow: (sent: SentMessage | null, known: ConversationDetailView | null) => Promise<void>;
  readonly refreshLists: () => void;
  readonly allowed: boolean;
}

const pauseBeforeFollowing = 500;

/** One conversation, live: sends, follows an answer through reloads and lost connections, stops. */
export function useConversation({ id, personaId, detail, onGivenBack }: ConversationOptions) {
  const refreshLists = useRefreshLists();
  const transport = useMemo(() => createChatTransport(personaId), [personaId]);
  const ending = useRef<{ status: string | undefined; error: Error | null }>({ status: undefined, error: null });
  const left = useRef(false);
  const turn = useRef(0);
  const [settling, setSettling] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const { stopping, stop, stopped } = useStop(id, setProblem);
  const [lost, setLost] = useState<{ readonly sent: SentMessage | null } | null>(null);

  const chat = useChat<ChatMessage>({
    id,
    messages: [...(detail?.messages ?? [])],
    transport,
    throttle: 50,
    generateId: newId,
    onError: (error) => {
      ending.current.error = error;
    },
    onFinish: ({ message }) => {
      ending.current.status = message.metadata?.status;
    },
  });
  const { setMessages, sendMessage, resumeStream } = chat;

  const giveBack = useCallback(
    (sent: SentMessage, reason: string) => {
      setMessages((messages) => messages.filter((message) => message.id !== sent.id));
      setProblem(reason);
      onGivenBack(sent.text);
    },
    [setMessages, onGivenBack],
  );

  /** Shows what the service has. Answers whether there is an answer being written to listen to. */
  const show = useCallback(
    (current: ConversationDetailView | null, sent: SentMessage | null): boolean => {
      setLost(null);
      const arrived = sent === null || current?.messages.some((message) => message.id === sent.id) === true;
      if (!arrived) giveBack(sent, 'The message did not reach the service. It is back in the box below.');
      if (!arrived || current === null) return false;
      setMessages((held) => withHeldAnswer(current, held));
      return current.conversation.running;
    },
    [giveBack, setMessages],
  );

  /** Listens to one answer that is being written elsewhere, from its beginning. */
  const listen = useCallback(async () => {
    ending.current = { status: undefined, error: null };
    await resumeStream();
    if (!isFinal(ending.current.status)) await pause(pauseBeforeFollowing);
  }, [resumeStream]);

  /** Brings the page level with the service, and stays so until no answer is being written any more. */
  const follow = useCallback(
    async (sent: SentMessage | null, known: ConversationDetailView | null = null) => {
      turn.current += 1;
      setSettling(true);
      try {
        let current = known ?? (await findConversation(id));
        while (!left.current && show(current, sent)) {
          await listen();
          current = await findConversation(id);
        }
      } catch {
        setLost({ sent });
      } finally {
        setSettling(false);
        stopped();
        refreshLists();
      }
    },
    [id, show, listen, refreshLists, stopped],
  );

  const send = useCallback(
    async (text: string) => {
      const sent = { id: newId(), text };
      turn.current += 1;
      setProblem(null);
      ending.current = { status: undefined, error: null };
      await sendMessage({ id: sent.id, role: 'user', parts: [{ type: 'text', text }] });
      if (left.current) return;
      const { error, status } = ending.current;
      stopped();
      refreshLists();
      if (error instanceof ProblemError) {
        giveBack(sent, error.message);
        if (error.code === 'CONVERSATION_BUSY') await follow(null).then(() => setProblem(null));
      } else if (error !== null || !isFinal(status)) {
        await follow(sent);
      }
    },
    [sendMessage, refreshLists, giveBack, follow, stopped],
  );

  useEffect(() => {
    left.current = false;
    const timer = detail?.conversation.running === true ? setTimeout(() => void follow(null, detail), 0) : undefined;
    return () => {
      left.current = true;
      clearTimeout(timer);
    };
    // Only what was loaded on arrival decides; later changes come through the stream.
  }, [detail, follow]);

  useReconnect(lost === null ? null : () => void follow(lost.sent));

  const busy = chat.status === 'submitted' || chat.status === 'streaming' || settling;
  const asks = waitsForDecision(chat.messages);
  useNews({ id, chat, turn, left, follow, refreshLists, allowed: !busy && lost === null && chat.messages.length > 0 });

  return {
    messages: chat.messages,
    phase: phaseOf({ lost: lost !== null, stopping, busy, sent: chat.status === 'submitted', asks }),
    problem,
    dismissProblem: useCallback(() => setProblem(null), []),
    send,
    stop: useCallback(async () => {
      await stop();
      if (!busy) await follow(null);
    }, [stop, busy, follow]),
    reconnect: useCallback(() => void follow(lost?.sent ?? null), [follow, lost]),
  };
}

/** Shows what changes in the conversation without anybody writing here: decisions, outcomes found out, other windows. */
function useNews({ id, chat, turn, left, follow, refreshLists, allowed }: News): void {
  const { messages, setMessages } = chat;
  const shown = useRef(messages);
  useEffect(() => {
    shown.current = messages;
  });
  const glance = useCallback(async () => {
    const begun = turn.current;
    // Quiet where the service cannot be reached: nobody waits for this.
    const current = await findConversation(id).catch(() => null);
    if (current === null || left.current || begun !== turn.current) return;
    if (current.conversation.running) await follow(null, current);
    else if (!isSame(current.messages, shown.current)) {
      setMessages([...current.messages]);
      refreshLists();
    }
  }, [id, turn, left, follow, setMessages, refreshLists]);
  useGlances(glance, { allowed, expected: waitsForDecision(messages) || hasUnknownOutcome(messages) });
}

/** Asks the service to stop the answer; `stopped` says that nothing is left to wait for. */
function useStop(id: string, onProblem: (problem: string) => void) {
  const [stopping, setStopping] = useState(false);
  const stopped = useCallback(() => setStopping(false), []);
  const stop = useCallback(async () => {
    setStopping(true);
    try {
      const answer = await api.stop(id);
      if (!answer.stopped) setStopping(false);
    } catch (error) {
      setStopping(false);
      onProblem(describeError(error));
    }
  }, [id, onProblem]);
  return { stopping, stop, stopped };
}

/** Has what an answer changes elsewhere on the pages loaded again. */
function useRefreshLists(): () => void {
  const queryClient = useQueryClient();
  return useCallback(() => {
    void queryClient.invalidateQueries({ queryKey: queryKeys.conversations });
    void queryClient.invalidateQueries({ queryKey: ['audit-events'] });
    void queryClient.invalidateQueries({ queryKey: queryKeys.auditChain });
  }, [queryClient]);
}

function phaseOf(state: { lost: boolean; stopping: boolean; busy: boolean; sent: boolean; asks: boolean }): Phase {
  if (state.lost) return 'lost';
  if (!state.busy && !state.asks) return 'idle';
  if (state.stopping) return 'stopping';
  if (!state.busy) return 'waiting';
  return state.sent ? 'sent' : 'answering';
}

async function findConversation(id: string): Promise<ConversationDetailView | null> {
  try {
    return await api.conversation(id);
  } catch (error) {
    if (error instanceof ProblemError && error.status === 404) return null;
    throw error;
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
