import { getToolName, isToolUIPart } from 'ai';
import { useEffect, useRef } from 'react';
import type { ChatMessage } from '#channels/http/contract/conversations.ts';
import { plainWords } from '../../components/approval/approval-words.ts';
import { isFinal } from '../../pages/chat/answer-state.ts';
import { textOf } from '../../pages/chat/chat-transport.ts';
import type { Phase } from '../../pages/chat/use-conversation.ts';
import { toolTitleFromName } from '../../words.ts';
import type { Bridge } from './bridge.ts';
import type { FrameWords } from './words.ts';

/* What is told of an answer: to the launcher, and to those who do not see the chat. */

/** Tells the launcher of the newest answer, once; of one that waits, too, for somebody has to look at it. */
export function useToldAnswers(
  bridge: Bridge,
  { messages, phase }: { messages: readonly ChatMessage[]; phase: Phase },
): void {
  const told = useRef<string | null>(null);
  const isFirst = useRef(true);
  useEffect(() => {
    const last = messages.at(-1);
    const isQuiet = phase === 'idle' || phase === 'waiting';
    if (isQuiet && last?.role === 'assistant' && isFinal(last.metadata?.status)) {
      const what = `${last.id} ${last.metadata?.status}`;
      if (told.current !== what) bridge.post({ type: 'answer', id: last.id, isNew: !isFirst.current });
      told.current = what;
    }
    isFirst.current = false;
  }, [bridge, messages, phase]);
}

/** What is going on right now in a few words, or null when nothing is. */
export function describeWork(of: {
  phase: Phase;
  messages: readonly ChatMessage[];
  words: FrameWords;
  toolTitles: Readonly<Record<string, string>>;
}): string | null {
  const { phase, messages, toolTitles } = of;
  const { work } = of.words;
  if (phase === 'idle' || phase === 'waiting' || phase === 'lost') return null;
  if (phase === 'stopping') return work.stopping;
  const last = messages.at(-1);
  const part = last?.role === 'assistant' ? last.parts.at(-1) : undefined;
  if (part === undefined || phase === 'sent') return work.sent;
  if (part.type === 'text') return work.writing;
  if (!isToolUIPart(part) || part.state === 'output-available' || part.state === 'output-error') return work.thinking;
  const name = getToolName(part);
  return work.using(toolTitles[name] ?? toolTitleFromName(name));
}

const mostRead = 500;

/** The last answer, for those who do not see it. */
export function describeEnd(messages: readonly ChatMessage[], words: FrameWords, personaName: string): string {
  const last = messages.at(-1);
  if (last?.role !== 'assistant') return '';
  const { status } = last.metadata ?? {};
  if (status === 'waiting') return words.waiting.title;
  if (status !== undefined && Object.hasOwn(words.ending, status)) {
    return words.ending[status as keyof FrameWords['ending']];
  }
  return words.finished(personaName, plainWords(textOf(last)).slice(0, mostRead));
}
