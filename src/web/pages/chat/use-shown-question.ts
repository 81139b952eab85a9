import { useQueries } from '@tanstack/react-query';
import { type RefObject, useEffect } from 'react';
import type { ChatMessage } from '#channels/http/contract/conversations.ts';
import { approvalQuery, useAnswerServices } from '../../approval-queries.ts';
import { approvalsOf, waitsForDecision } from './answer-state.ts';

/** What is asked is read from its beginning: once it is there, the page goes to its first card, not to its last button. */
export function useShownQuestion(
  messages: readonly ChatMessage[],
  { content, showFrom }: { content: RefObject<HTMLElement | null>; showFrom: (element: Element) => void },
): void {
  const last = waitsForDecision(messages) ? messages.at(-1) : undefined;
  const { ofCalls, others } = last === undefined ? { ofCalls: [], others: [] } : approvalsOf(last);
  const ids = [...ofCalls, ...others];
  const services = useAnswerServices();
  const loaded = useQueries({
    queries: ids.map((id) => approvalQuery(id, 'current', services)),
    combine: (found) => found.every(({ isPending }) => !isPending),
  });
  const shown = ids.length > 0 && loaded;
  useEffect(() => {
    if (!shown) return;
    const frame = requestAnimationFrame(() => {
      const card = content.current?.querySelector('[data-approval="pending"]');
      if (card !== null && card !== undefined) showFrom(card);
    });
    return () => cancelAnimationFrame(frame);
  }, [shown, content, showFrom]);
}
