import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, useMemo, useState } from 'react';
import { type Navigator, Router } from 'react-router';
import type { ChatMessage } from '#channels/http/contract/conversations.ts';
import type { WidgetSessionView } from '#channels/http/contract/widget-chat.ts';
import { ApprovalHubArea } from '../../approval-hub.tsx';
import { AnswerServicesContext } from '../../approval-queries.ts';
import { Announcements } from '../../components/announcements.tsx';
import { LiveApproval } from '../../components/approval/live-approval.tsx';
import { UndoSection } from '../../components/undo/undo-section.tsx';
import { useShownQuestion } from '../../pages/chat/use-shown-question.ts';
import { WaitingEnd } from '../../pages/chat/waiting-end.tsx';
import { SessionContext, type SignedInSession } from '../../session.tsx';
import type { CallToDecide } from './messages.tsx';
import type { WidgetApi } from './widget-api.ts';

/* What only members of the organization need who have linked themselves: loaded for them alone. */

/** What the cards of approvals and undos stand on, in a frame instead of on the pages. */
export function MemberArea({
  api,
  session,
  children,
}: {
  api: WidgetApi;
  session: WidgetSessionView;
  children: ReactNode;
}) {
  const [queryClient] = useState(createQueryClient);
  const asSession = useMemo(() => toSession(session), [session]);
  return (
    <QueryClientProvider client={queryClient}>
      <Router location="/" navigator={toOwnTab}>
        <SessionContext value={asSession}>
          <AnswerServicesContext value={api.answers}>
            <ApprovalHubArea>
              <Announcements>{children}</Announcements>
            </ApprovalHubArea>
          </AnswerServicesContext>
        </SessionContext>
      </Router>
    </QueryClientProvider>
  );
}

/** The card of what waits for a decision, or the way to take back what was done. */
export function MemberCall({ call: { callId, title, approvalId, undo } }: { call: CallToDecide }) {
  if (approvalId !== null) return <LiveApproval id={approvalId} />;
  return <UndoSection callId={callId} what={title} undone={undo === 'done'} />;
}

export function MemberWaitingEnd({ message }: { message: ChatMessage }) {
  return <WaitingEnd message={message} />;
}

/** Shows what is asked from its beginning, once it is there. */
export function MemberQuestion({
  messages,
  ...where
}: { messages: readonly ChatMessage[] } & Parameters<typeof useShownQuestion>[1]) {
  useShownQuestion(messages, where);
  return null;
}

const pauseBetweenLooks = 4_000;

/** No events reach a frame: what waits is looked at now and then. */
function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: { queries: { retry: 1, staleTime: 2_000, refetchInterval: pauseBetweenLooks } },
  });
}

/** Links on the cards lead to the pages of the service, which no frame may show. */
const toOwnTab: Navigator = {
  createHref: (to) => (typeof to === 'string' ? to : `${to.pathname ?? '/'}${to.search ?? ''}${to.hash ?? ''}`),
  push: (to) => void window.open(toOwnTab.createHref(to), '_blank', 'noopener'),
  replace: (to) => toOwnTab.push(to),
  go: () => {},
};

function toSession({ visitor, may }: WidgetSessionView): SignedInSession {
  return {
    // The frame is not told the member's id: cards name them as they name everybody else.
    user: { id: '', name: visitor.name, email: '' },
    organization: null,
    role: null,
    permissions: [...(may.decide ? (['approvals:decide'] as const) : []), ...(may.undo ? (['undo'] as const) : [])],
    organizations: [],
    setUpNeeded: false,
    signUpOpen: false,
    mailEnabled: false,
  };
}
