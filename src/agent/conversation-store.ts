import type { Actor } from '#auth/actor.ts';
import type { RunEnd } from './run-events.ts';
import type { StoredMessage } from './stored-message.ts';

export interface NewRun {
  readonly id: string;
  /** The id of the message the run writes. */
  readonly messageId: string;
  readonly personaId: string;
  readonly personaVersion: string;
  readonly model: string;
}

export interface RunStart {
  readonly actor: Actor;
  readonly conversation: {
    readonly id: string;
    readonly personaId: string;
    readonly channel: string;
    readonly title: string;
  };
  readonly message: StoredMessage;
  readonly run: NewRun;
}

/**
 * Where conversations and runs are kept. A conversation of another organization or actor is answered as if it were not
 * there and can never be written.
 */
export interface ConversationStore {
  find(actor: Actor, conversationId: string): Promise<{ readonly personaId: string } | null>;
  /** One transaction: the conversation exists, is claimed by this run, and holds the message. */
  startRun(start: RunStart): Promise<'started' | 'busy' | 'duplicate_message' | 'other_persona' | 'not_yours'>;
  /** All messages in their order. */
  messages(organizationId: string, conversationId: string): Promise<readonly StoredMessage[]>;
  /** Inserts or replaces the answer being written. */
  saveAnswer(organizationId: string, conversationId: string, answer: StoredMessage): Promise<void>;
  /** One transaction: the final answer, the run's end, and the conversation free for the next message. */
  finishRun(finish: {
    readonly organizationId: string;
    readonly conversationId: string;
    readonly runId: string;
    readonly answer: StoredMessage;
    readonly end: RunEnd;
  }): Promise<void>;
}
