import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { Compass } from 'lucide-react';
import { lazy, useEffect, useState } from 'react';
import { BrowserRouter, Link, Route, Routes } from 'react-router';
import { ProblemError } from './api-client.ts';
import { AppShell } from './components/app-shell.tsx';
import { buttonClass } from './components/button.tsx';
import { ErrorBoundary } from './components/error-boundary.tsx';
import { EmptyState } from './components/states.tsx';
import { PendingStarts } from './pages/chat/pending-start.tsx';

const load = {
  newChat: () => import('./pages/chat/new-chat-page.tsx').then((page) => ({ default: page.NewChatPage })),
  conversation: () => import('./pages/chat/conversation-page.tsx').then((page) => ({ default: page.ConversationPage })),
  activity: () => import('./pages/activity/activity-page.tsx').then((page) => ({ default: page.ActivityPage })),
  personas: () => import('./pages/personas/personas-page.tsx').then((page) => ({ default: page.PersonasPage })),
};
const NewChatPage = lazy(load.newChat);
const ConversationPage = lazy(load.conversation);
const ActivityPage = lazy(load.activity);
const PersonasPage = lazy(load.personas);

export function App() {
  const [queryClient] = useState(createQueryClient);
  usePreparedPages();
  return (
    <ErrorBoundary>
      <QueryClientProvider client={queryClient}>
        <PendingStarts>
          {/* Without transitions, because filters and choices live in the address: a control must show its new value at once. */}
          <BrowserRouter useTransitions={false}>
            <Routes>
              <Route element={<AppShell />}>
                <Route path="/" element={<NewChatPage />} />
                <Route path="/c/:conversationId" element={<ConversationPage />} />
                <Route path="/activity/:eventId?" element={<ActivityPage />} />
                <Route path="/personas" element={<PersonasPage />} />
                <Route path="*" element={<UnknownPage />} />
              </Route>
            </Routes>
          </BrowserRouter>
        </PendingStarts>
      </QueryClientProvider>
    </ErrorBoundary>
  );
}

/** Fetches the other pages while one is read: the next one opens at once, and opens even while the service is away. */
function usePreparedPages(): void {
  useEffect(() => {
    const timer = setTimeout(() => void Promise.all(Object.values(load).map((page) => page())).catch(() => {}), 2_000);
    return () => clearTimeout(timer);
  }, []);
}

function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // A refusal of the service does not change by asking again; a lost connection may.
        retry: (failures, error) => !(error instanceof ProblemError && error.status < 500) && failures < 2,
        staleTime: 5_000,
      },
    },
  });
}

function UnknownPage() {
  return (
    <EmptyState
      icon={Compass}
      heading="h1"
      title="There is no page at this address"
      action={
        <Link to="/" className={buttonClass()}>
          Go to Chat
        </Link>
      }
    >
      The link may be old or mistyped.
    </EmptyState>
  );
}
