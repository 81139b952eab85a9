import type { Actor } from '#auth/actor.ts';
import type { CompletionThreadRepository } from '#db/repositories/completion-threads.ts';
import { hashHistory, type SentMessage, type SentMessages } from './read-messages.ts';

/** A conversation that was found by what the client sent of it; nobody else finds it until it is put back. */
export interface Thread {
  readonly conversationId: string;
  /** Whether the system says the same as before. */
  readonly knowsWishes: boolean;
}

export interface CompletionThreads {
  /** Null where no conversation has exactly this history, or somebody goes on in it. */
  take(actor: Actor, sent: SentMessages): Promise<Thread | null>;
  /** The conversation is found by the same history again. */
  putBack(actor: Actor, sent: SentMessages, conversationId: string): Promise<void>;
  /** The conversation is found by the history once `answer` stands behind it. */
  put(actor: Actor, sent: SentMessages, answered: { conversationId: string; answer: string }): Promise<void>;
}

/** A client that comes back later than this begins a new conversation. */
const keptMs = 30 * 24 * 3_600_000;
const forgetEveryMs = 3_600_000;

export function createCompletionThreads(
  rows: CompletionThreadRepository,
  clock: () => Date = () => new Date(),
): CompletionThreads {
  let forgotAt = 0;
  const ownerOf = ({ organizationId, id }: Actor) => ({ organizationId, actorId: id });
  const putUnder = async (actor: Actor, conversationId: string, sent: { model: string; messages: SentMessage[] }) => {
    if (clock().getTime() - forgotAt >= forgetEveryMs) {
      forgotAt = clock().getTime();
      await rows.forgetBefore(new Date(forgotAt - keptMs));
    }
    const { whole, withoutWishes } = hashHistory(sent.model, sent.messages);
    await rows.put(ownerOf(actor), [whole, withoutWishes], conversationId);
  };
  return {
    async take(actor, { model, history }) {
      if (history.length === 0) return null;
      const { whole, withoutWishes } = hashHistory(model, history);
      const same = await rows.take(ownerOf(actor), whole);
      if (same !== null) return { conversationId: same, knowsWishes: true };
      const similar = await rows.take(ownerOf(actor), withoutWishes);
      return similar === null ? null : { conversationId: similar, knowsWishes: false };
    },
    putBack: (actor, { model, history }, conversationId) =>
      putUnder(actor, conversationId, { model, messages: [...history] }),
    async put(actor, { model, all }, { conversationId, answer }) {
      const said: SentMessage = { role: 'assistant', text: answer.replaceAll('\r\n', '\n').trim(), calls: [] };
      await putUnder(actor, conversationId, { model, messages: [...all, said] });
    },
  };
}
