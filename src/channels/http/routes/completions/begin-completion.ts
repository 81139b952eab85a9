import { randomUUID } from 'node:crypto';
import type { Actor } from '#auth/actor.ts';
import { beginRun, type RunBeginning } from '#channels/chat/begin-run.ts';
import { type Call, type CallIds, type CallOnce, hashOf } from '#channels/chat/call-once.ts';
import { type ReadableRun, readRun, whenOver } from '#channels/chat/read-run.ts';
import { AppError } from '#errors';
import { CompatibleProblem } from '../../compatible-problem.ts';
import type { ConversationReader } from '../conversations/get-conversation.ts';
import type { CompletionThreads, Thread } from './completion-threads.ts';
import { composeMessage, type Known } from './compose-message.ts';
import type { SentMessages } from './read-messages.ts';

export interface CompletionBeginning extends RunBeginning {
  readonly conversations: RunBeginning['conversations'] & Pick<ConversationReader, 'find'>;
  readonly calls: CallOnce;
  readonly threads: CompletionThreads;
  readonly publicUrl: () => string;
}

export interface CompletionCall {
  readonly actor: Actor;
  readonly sent: SentMessages;
  /** The client's own word for the request; null where it has none. */
  readonly key: string | null;
  /** Whether the client says that it sends the request again, having got no answer. */
  readonly isRetry: boolean;
}

export interface BegunCompletion {
  readonly run: ReadableRun;
  /** The conversation it goes on in; null for a new one, and for a run that was begun before. */
  readonly thread: Thread | null;
  readonly isJoined: boolean;
}

/**
 * Begins the run that answers a client's messages: in the conversation they belong to, or in a new one. The same request
 * once more joins the run it has begun, if it says that it is one.
 */
export async function beginCompletion(
  deps: CompletionBeginning,
  { actor, sent, key, isRetry }: CompletionCall,
  gone: AbortSignal,
): Promise<BegunCompletion> {
  const asked = [sent.model, ...sent.all.map(({ role, text }) => [role, text])];
  const call = { actor, key: key === null ? `same ${hashOf(asked)}` : `sent ${key}`, asked };
  const known = key !== null || isRetry ? await deps.calls.find(call) : null;
  const opened = known === null ? await open(deps, call, { sent, isNew: key === null && !isRetry }) : null;
  const ids = opened?.ids ?? known ?? unreachable();
  const thread = opened?.thread ?? null;
  try {
    const { text, outsideText } = composeMessage(
      sent,
      await knownOf(deps, { actor, ids, thread, isNew: known === null }),
    );
    const start = {
      actor,
      channel: 'api' as const,
      ...ids,
      personaId: sent.model,
      text,
      isRepeated: known !== null,
      ...(outsideText === undefined ? {} : { outsideText }),
    };
    const { isJoined, ...run } = await whenFree(deps, actor, { ids, gone, begin: () => beginRun(deps, start, gone) });
    return { run, thread, isJoined };
  } catch (error) {
    if (thread !== null) await deps.threads.putBack(actor, sent, thread.conversationId);
    throw error;
  }
}

/** Chooses the conversation, and keeps the choice before anything is begun in it. */
async function open(
  { calls, threads }: CompletionBeginning,
  call: Call,
  { sent, isNew }: { readonly sent: SentMessages; readonly isNew: boolean },
): Promise<{ readonly ids: CallIds; readonly thread: Thread | null }> {
  const thread = await threads.take(call.actor, sent);
  const conversationId = thread?.conversationId ?? randomUUID();
  const ids = await (isNew ? calls.renew(call, conversationId) : calls.keep(call, conversationId));
  if (thread === null || ids.conversationId === conversationId) return { ids, thread };
  // Somebody has sent the same at the same moment, and chose.
  await threads.putBack(call.actor, sent, conversationId);
  return { ids, thread: null };
}

interface Opened {
  readonly actor: Actor;
  readonly ids: CallIds;
  readonly thread: Thread | null;
  readonly isNew: boolean;
}

async function knownOf({ conversations }: CompletionBeginning, { actor, ids, thread, isNew }: Opened): Promise<Known> {
  if (thread !== null) return thread.knowsWishes ? 'all' : 'without wishes';
  // Whoever sent it before may have got no further than choosing a conversation that was there.
  const isThere = !isNew && (await conversations.find(actor, ids.conversationId)) !== null;
  return isThere ? 'without wishes' : 'nothing';
}

interface Beginning<Begun> {
  readonly ids: CallIds;
  readonly gone: AbortSignal;
  readonly begin: () => Promise<Begun>;
}

const mostTries = 3;
const patienceMs = 120_000;

/** A conversation whose answer goes on after a decision, or that somebody writes to in the pages, is waited for. */
async function whenFree<Begun>(deps: CompletionBeginning, actor: Actor, waiting: Beginning<Begun>): Promise<Begun> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await waiting.begin();
    } catch (error) {
      const isBusy = error instanceof AppError && error.code === 'CONVERSATION_BUSY';
      if (!isBusy || tries === mostTries || waiting.gone.aborted) throw error;
      await untilFree(deps, actor, waiting);
    }
  }
}

async function untilFree(
  deps: CompletionBeginning,
  actor: Actor,
  { ids, gone }: Pick<Beginning<unknown>, 'ids' | 'gone'>,
): Promise<void> {
  const conversation = await deps.conversations.find(actor, ids.conversationId);
  const runId = conversation?.activeRunId ?? null;
  if (conversation === null || runId === null) return;
  if (conversation.waitingSince !== null) {
    throw new CompatibleProblem(
      'CONVERSATION_BUSY',
      `The last answer still waits for a decision. Decide on it at ${deps.publicUrl()}/approvals, or stop it there, and send your message again.`,
      { code: 'waiting_for_approval' },
    );
  }
  const run = await deps.stored.find(actor.organizationId, runId);
  if (run !== null) await whenOver(readRun(deps, run, gone), { ms: patienceMs, signal: gone });
}

function unreachable(): never {
  throw new Error('A call was neither known nor opened.');
}
