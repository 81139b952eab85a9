import { hashOf } from '#channels/chat/call-once.ts';
import { CompatibleProblem } from '../../compatible-problem.ts';
import { type CompletionMessage, type CompletionRequest, maxCompletionCharacters } from '../../contract/completions.ts';

export interface SentMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly text: string;
  /** Calls a client says an assistant made; only ever quoted. */
  readonly calls: readonly unknown[];
}

/** What a client sends: all of a conversation, as it has it, with what is new at its end. */
export interface SentMessages {
  readonly model: string;
  readonly all: readonly SentMessage[];
  /** Up to the last answer; empty where there is none yet. */
  readonly history: readonly SentMessage[];
  /** What came after that from the system. */
  readonly newWishes: readonly SentMessage[];
  /** What the user says now. */
  readonly text: string;
}

/** Throws CompatibleProblem where nothing is left to answer, or it is too long. */
export function readMessages({ model, messages }: Pick<CompletionRequest, 'model' | 'messages'>): SentMessages {
  const all = messages.map(readMessage);
  const answers = all.findLastIndex(({ role }) => role === 'assistant' || role === 'tool') + 1;
  const added = all.slice(answers);
  const text = added
    .flatMap((message) => (message.role === 'user' ? [message.text] : []))
    .join('\n\n')
    .trim();
  if (text === '') throw nothingToAnswer();
  if (text.length > maxCompletionCharacters) throw tooLong();
  const newWishes = added.filter(({ role }) => role === 'system');
  return { model, all, history: all.slice(0, answers), newWishes, text };
}

function readMessage({ role, content, tool_calls: calls }: CompletionMessage): SentMessage {
  const plain = { developer: 'system', function: 'tool' } as const;
  return {
    role: role === 'developer' || role === 'function' ? plain[role] : role,
    text: content.replaceAll('\r\n', '\n').trim(),
    calls: calls ?? [],
  };
}

/** What a conversation is known again by: with everything, and without what the system said, which many clients change. */
export interface HistoryHashes {
  readonly whole: string;
  readonly withoutWishes: string;
}

/** By roles and texts alone. `model` and every message count. */
export function hashHistory(model: string, messages: readonly Pick<SentMessage, 'role' | 'text'>[]): HistoryHashes {
  const hash = (some: typeof messages) => hashOf([model, ...some.map(({ role, text }) => [role, text])]);
  return { whole: hash(messages), withoutWishes: `w-${hash(messages.filter(({ role }) => role !== 'system'))}` };
}

function nothingToAnswer(): CompatibleProblem {
  return new CompatibleProblem(
    'INPUT_INVALID',
    'The last message must be the user’s, with some text. A persona makes its own calls, so results of tools are not taken.',
    { param: 'messages', code: 'invalid_value' },
  );
}

function tooLong(): CompatibleProblem {
  return new CompatibleProblem(
    'INPUT_INVALID',
    `The user’s message must have at most ${maxCompletionCharacters.toLocaleString('en')} characters.`,
    { param: 'messages', code: 'context_length_exceeded' },
  );
}
