import { getToolName, isToolUIPart } from 'ai';
import type { ChatMessage } from '#channels/http/contract/conversations.ts';
import { endingOf } from '../../words.ts';
import type { Phase } from './use-conversation.ts';

/** What is going on right now in a few words, or null when nothing is. */
export function describeWork(
  phase: Phase,
  messages: readonly ChatMessage[],
  toolTitle: (name: string) => string,
): string | null {
  if (phase === 'idle' || phase === 'waiting' || phase === 'lost') return null;
  if (phase === 'stopping') return 'Stopping';
  const last = messages.at(-1);
  const part = last?.role === 'assistant' ? last.parts.at(-1) : undefined;
  if (part === undefined || phase === 'sent') return 'Waiting for the model';
  if (part.type === 'text') return 'Writing';
  if (isToolUIPart(part) && (part.state === 'input-available' || part.state === 'input-streaming')) {
    return `Using ${toolTitle(getToolName(part))}`;
  }
  return 'Thinking';
}

/** How the last answer ended, for those who do not see the page. */
export function describeEnd(messages: readonly ChatMessage[]): string {
  const last = messages.at(-1);
  if (last?.role !== 'assistant') return '';
  if (last.metadata?.status === 'waiting') return 'Waits for a decision';
  const ending = endingOf(last.metadata?.status);
  return ending === null ? 'Answer finished' : `${ending.title}. ${last.metadata?.notice ?? ''}`;
}

export function WorkingLine({ work }: { work: string }) {
  return (
    <p aria-hidden className="flex items-center gap-2 text-ink-3 text-sm">
      <span className="size-2 animate-blink rounded-full bg-accent" />
      {work}
    </p>
  );
}
