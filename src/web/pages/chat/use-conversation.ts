import { type UseChatHelpers, useChat } from '@ai-sdk/react';
import type { ChatTransport } from 'ai';
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import type {
  AttachmentView,
  ChatMessage,
  ConversationDetailView,
  StopView,
} from '#channels/http/contract/conversations.ts';
import { newId, ProblemError } from '../../api-client.ts';
import { hasUnknownOutcome, isFinal, isSame, waitsForDecision, withHeldAnswer } from './answer-state.ts';
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
  readonly files: readonly AttachmentView[];
}

/** How a conversation reaches the service. The same from one drawing to the next. */
export interface ConversationService {
  readonly transport: ChatTransport<ChatMessage>;
  /** Throws a ProblemError, 404 for a conversation the service does not know. */
  readonly find: (id: string) => Promise<ConversationDetailView>;
  readonly stop: (id: string) => Promise<StopView>;
  /** Has what an answer changes elsewhere loaded again. */
  readonly refresh: () => void;
  /** What to tell a person about any error of a request. */
  readonly describe: (error: unknown) => string;
  /** What to tell where a message was not taken and nothing says why. */
  readonly notArrived: string;
}

interface ConversationOptions {
  readonly id: string;
  readonly service: ConversationService;
  /** Null for a conversation the service does not know yet. */
  readonly detail: ConversationDetailView | null;
  /** Called with what the service did not take, so that it is not lost. */
  readonly onGivenBack: (text: string, files: readonly AttachmentView[]) => void;
}

interface News {
  readonly id: string;
  readonly chat: Pick<UseChatHelpers<ChatMessage>, 'messages' | 'setMessages'>;
  /** Counts what was begun here, so that a look that comes late shows nothing old. */
  readonly turn: RefObject<number>;
  readonly left: RefObject<boolean>;
  readonly follow: (sent: SentMessage | null, known: ConversationDetailView | null) => Promise<void>;
  readonly service: ConversationService;
  readonly allowed: boolean;
}

const pauseBeforeFollowing = 500;

/** One conversation, live: sends, follows an answer through reloads and lost connections, stops. */
export function useConversation({ id, service, detail, onGivenBack }: ConversationOptions) {
  const { transport, refresh } = service;
  const ending = useRef<{ status: string | undefined; error: Error | null }>({ status: undefined, error: null });
  const left = useRef(false);
  const turn = useRef(0);
  const [settling, setSettling] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const { stopping, stop, stopped } = useStop(id, service, setProblem);
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
      onGivenBack(sent.text, sent.files);
    },
    [setMessages, onGivenBack],
  );

  /** Shows what the service has. Answers whether there is an answer being written to listen to. */
  const show = useCallback(
    (current: ConversationDetailView | null, sent: SentMessage | null): boolean => {
      setLost(null);
      const arrived = sent === null || current?.messages.some((message) => message.id === sent.id) === true;
      if (!arrived) giveBack(sent, service.notArrived);
      if (!arrived || current === null) return false;
      setMessages((held) => withHeldAnswer(current, held));
      return current.conversation.running;
    },
    [giveBack, setMessages, service],
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
        let current = known ?? (await findConversation(id, service));
        while (!left.current && show(current, sent)) {
          await listen();
          current = await findConversation(id, service);
        }
      } catch {
        setLost({ sent });
      } finally {
        setSettling(false);
        stopped();
        refresh();
      }
    },
    [id, show, listen, service, refresh, stopped],
  );

  const send = useCallback(
    async (text: string, files: readonly AttachmentView[] = []) => {
      const sent = { id: newId(), text, files };
      turn.current += 1;
      setProblem(null);
      ending.current = { status: undefined, error: null };
      const attached = files.map((data) => ({ type: 'data-attachment', data }) as const);
      await sendMessage({ id: sent.id, role: 'user', parts: [{ type: 'text', text }, ...attached] });
      if (left.current) return;
      const { error, status } = ending.current;
      stopped();
      refresh();
      if (error instanceof ProblemError) {
        giveBack(sent, service.describe(error));
        if (error.code === 'CONVERSATION_BUSY') await follow(null).then(() => setProblem(null));
      } else if (error !== null || !isFinal(status)) {
        await follow(sent);
      }
    },
    [sendMessage, service, refresh, giveBack, follow, stopped],
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
  useNews({ id, chat, turn, left, follow, service, allowed: !busy && lost === null && chat.messages.length > 0 });

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
function useNews({ id, chat, turn, left, follow, service, allowed }: News): void {
  const { messages, setMessages } = chat;
  const shown = useRef(messages);
  useEffect(() => {
    shown.current = messages;
  });
  const glance = useCallback(async () => {
    const begun = turn.current;
    // Quiet where the service cannot be reached: nobody waits for this.
    const current = await findConversation(id, service).catch(() => null);
    if (current === null || left.current || begun !== turn.current) return;
    if (current.conversation.running) await follow(null, current);
    else if (!isSame(current.messages, shown.current)) {
      setMessages([...current.messages]);
      service.refresh();
    }
  }, [id, turn, left, follow, setMessages, service]);
  useGlances(glance, { allowed, expected: waitsForDecision(messages) || hasUnknownOutcome(messages) });
}

/** Asks the service to stop the answer; `stopped` says that nothing is left to wait for. */
function useStop(id: string, service: ConversationService, onProblem: (problem: string) => void) {
  const [stopping, setStopping] = useState(false);
  const stopped = useCallback(() => setStopping(false), []);
  const stop = useCallback(async () => {
    setStopping(true);
    try {
      const answer = await service.stop(id);
      if (!answer.stopped) setStopping(false);
    } catch (error) {
      setStopping(false);
      onProblem(service.describe(error));
    }
  }, [id, service, onProblem]);
  return { stopping, stop, stopped };
}

function phaseOf(state: { lost: boolean; stopping: boolean; busy: boolean; sent: boolean; asks: boolean }): Phase {
  if (state.lost) return 'lost';
  if (!state.busy && !state.asks) return 'idle';
  if (state.stopping) return 'stopping';
  if (!state.busy) return 'waiting';
  return state.sent ? 'sent' : 'answering';
}

async function findConversation(id: string, service: ConversationService): Promise<ConversationDetailView | null> {
  try {
    return await service.find(id);
  } catch (error) {
    if (error instanceof ProblemError && error.status === 404) return null;
    throw error;
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
