import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { Compass } from 'lucide-react';
import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react';
import { BrowserRouter, Link, Navigate, Route, Routes, useLocation } from 'react-router';
import type { Permission } from './account-api.ts';
import { ProblemError } from './api-client.ts';
import { AppShell } from './components/app-shell.tsx';
import { buttonClass } from './components/button.tsx';
import { ErrorBoundary } from './components/error-boundary.tsx';
import { HistoryWatch } from './components/leave-guard.tsx';
import { Requires } from './components/requires.tsx';
import { EmptyState, LoadingPage } from './components/states.tsx';
import { PendingStarts } from './pages/chat/pending-start.tsx';
import { ForgotPasswordPage } from './pages/sign-in/forgot-password-page.tsx';
import { InvitationPage } from './pages/sign-in/invitation-page.tsx';
import { ResetPasswordPage } from './pages/sign-in/reset-password-page.tsx';
import { NobodyYetPage, SetUpPage } from './pages/sign-in/set-up-page.tsx';
import { SignInPage } from './pages/sign-in/sign-in-page.tsx';
import { SignUpPage } from './pages/sign-in/sign-up-page.tsx';
import { SignedInArea, type SignedInSession, useMay } from './session.tsx';
import { SignInAgain, usePageBehind } from './sign-in-again.tsx';

const load = {
  newChat: () => import('./pages/chat/new-chat-page.tsx').then((page) => ({ default: page.NewChatPage })),
  conversation: () => import('./pages/chat/conversation-page.tsx').then((page) => ({ default: page.ConversationPage })),
  approvals: () => import('./pages/approvals/approvals-page.tsx').then((page) => ({ default: page.ApprovalsPage })),
  activity: () => import('./pages/activity/activity-page.tsx').then((page) => ({ default: page.ActivityPage })),
  apiReference: () =>
    import('./pages/api-reference/api-reference-page.tsx').then((page) => ({ default: page.ApiReferencePage })),
  personas: () => import('./pages/personas/personas-page.tsx').then((page) => ({ default: page.PersonasPage })),
  persona: () => import('./pages/personas/persona-page.tsx').then((page) => ({ default: page.PersonaPage })),
  personaEditor: () =>
    import('./pages/personas/editor/editor-page.tsx').then((page) => ({ default: page.PersonaEditorPage })),
  integrations: () =>
    import('./pages/integrations/integrations-page.tsx').then((page) => ({ default: page.IntegrationsPage })),
  connect: () => import('./pages/integrations/connect-page.tsx').then((page) => ({ default: page.ConnectPage })),
  connection: () =>
    import('./pages/integrations/connection-page.tsx').then((page) => ({ default: page.ConnectionPage })),
  widgets: () => import('./pages/widgets/widgets-page.tsx').then((page) => ({ default: page.WidgetsPage })),
  widget: () => import('./pages/widgets/widget-page.tsx').then((page) => ({ default: page.WidgetPage })),
  jobs: () => import('./pages/jobs/list/jobs-page.tsx').then((page) => ({ default: page.JobsPage })),
  newJob: () => import('./pages/jobs/list/new-job-page.tsx').then((page) => ({ default: page.NewJobPage })),
  jobWizard: () => import('./pages/jobs/wizard/wizard-page.tsx').then((page) => ({ default: page.WizardPage })),
  jobEditor: () => import('./pages/jobs/editor/editor-page.tsx').then((page) => ({ default: page.JobEditorPage })),
  job: () => import('./pages/jobs/page/job-page.tsx').then((page) => ({ default: page.JobPage })),
  inbox: () => import('./pages/inbox/inbox-page.tsx').then((page) => ({ default: page.InboxPage })),
  settings: () => import('./pages/settings/settings-page.tsx').then((page) => ({ default: page.SettingsPage })),
  account: () => import('./pages/settings/account-page.tsx').then((page) => ({ default: page.AccountPage })),
  organization: () =>
    import('./pages/settings/organization-page.tsx').then((page) => ({ default: page.OrganizationPage })),
  members: () => import('./pages/settings/members-page.tsx').then((page) => ({ default: page.MembersPage })),
  apiKeys: () => import('./pages/settings/api-keys-page.tsx').then((page) => ({ default: page.ApiKeysPage })),
};
const NewChatPage = lazy(load.newChat);
const ConversationPage = lazy(load.conversation);
const ApprovalsPage = lazy(load.approvals);
const ActivityPage = lazy(load.activity);
const ApiReferencePage = lazy(load.apiReference);
const PersonasPage = lazy(load.personas);
const PersonaPage = lazy(load.persona);
const PersonaEditorPage = lazy(load.personaEditor);
const IntegrationsPage = lazy(load.integrations);
const ConnectPage = lazy(load.connect);
const ConnectionPage = lazy(load.connection);
const WidgetsPage = lazy(load.widgets);
const WidgetPage = lazy(load.widget);
const JobsPage = lazy(load.jobs);
const NewJobPage = lazy(load.newJob);
const JobWizardPage = lazy(load.jobWizard);
const JobEditorPage = lazy(load.jobEditor);
const JobPage = lazy(load.job);
const InboxPage = lazy(load.inbox);
const SettingsPage = lazy(load.settings);
const AccountPage = lazy(load.account);
const OrganizationPage = lazy(load.organization);
const MembersPage = lazy(load.members);
const ApiKeysPage = lazy(load.apiKeys);

export function App() {
  const [queryClient] = useState(createQueryClient);
  usePreparedPages();
  return (
    <ErrorBoundary>
      <QueryClientProvider client={queryClient}>
        <PendingStarts>
          {/* Without transitions, because filters and choices live in the address: a control must show its new value at once. */}
          <BrowserRouter useTransitions={false}>
            <HistoryWatch>
              <Pages />
            </HistoryWatch>
          </BrowserRouter>
        </PendingStarts>
      </QueryClientProvider>
    </ErrorBoundary>
  );
}

/** Every page. The first ones are for everybody; whatever is below SignedInArea needs a session. */
function Pages() {
  const location = useLocation();
  const behind = usePageBehind();
  const again = behind === null ? null : (session: SignedInSession) => <SignInAgain userId={session.user.id} />;
  return (
    <Routes location={behind ?? location}>
      <Route path="/set-up" element={<SetUpPage />} />
      <Route path="/sign-in" element={<SignInPage />} />
      <Route path="/sign-up" element={<SignUpPage />} />
      <Route path="/invitations/:token" element={<InvitationPage />} />
      <Route path="/forgot-password" element={<ForgotPasswordPage />} />
      <Route path="/reset-password" element={<ResetPasswordPage />} />
      <Route path="/api/docs" element={<Suspended page={<ApiReferencePage />} />} />
      <Route element={<SignedInArea nobodyYet={<NobodyYetPage />} signInAgain={again} />}>
        <Route element={<AppShell />}>
          <Route path="/" element={<StartPage />} />
          <Route path="/c/:conversationId" element={forRole('chat', <ConversationPage />)} />
          <Route path="/approvals/:approvalId?" element={forRole('approvals:read', <ApprovalsPage />)} />
          <Route path="/activity/:eventId?" element={forRole('audit:own', <ActivityPage />)} />
          <Route path="/personas" element={forRole('personas:read', <PersonasPage />)} />
          <Route path="/personas/new" element={forRole('personas:manage', <PersonaEditorPage />)} />
          <Route path="/personas/:personaId/edit" element={forRole('personas:manage', <PersonaEditorPage />)} />
          <Route path="/personas/:personaId/:tab?" element={forRole('personas:read', <PersonaPage />)} />
          <Route path="/integrations" element={forRole('connections:read', <IntegrationsPage />)} />
          <Route path="/integrations/:name/connect" element={forRole('connections:read', <ConnectPage />)} />
          <Route
            path="/integrations/connections/:connectionId"
            element={forRole('connections:read', <ConnectionPage />)}
          />
          <Route path="/widgets" element={forRole('widgets:manage', <WidgetsPage />)} />
          <Route path="/widgets/:id" element={forRole('widgets:manage', <WidgetPage />)} />
          <Route path="/inbox" element={forRole('jobs:own', <InboxPage />)} />
          <Route path="/jobs" element={forRole('jobs:own', <JobsPage />)} />
          <Route path="/jobs/new" element={forRole('jobs:own', <NewJobPage />)} />
          <Route path="/jobs/new/blank" element={forRole('jobs:own', <JobEditorPage />)} />
          <Route path="/jobs/:jobId" element={forRole('jobs:own', <JobPage />)} />
          <Route path="/jobs/:jobId/edit" element={forRole('jobs:own', <JobEditorPage />)} />
          <Route path="/jobs/new/:template" element={forRole('jobs:own', <JobWizardPage />)} />
          <Route path="/settings" element={<SettingsPage />}>
            <Route index element={<Navigate to="account" replace />} />
            <Route path="account" element={<AccountPage />} />
            <Route path="organization" element={forRole('organization:manage', <OrganizationPage />)} />
            <Route path="members" element={forRole('members:read', <MembersPage />)} />
            <Route path="api-keys" element={forRole('api-keys:own', <ApiKeysPage />)} />
          </Route>
          <Route path="*" element={<UnknownPage />} />
        </Route>
      </Route>
    </Routes>
  );
}

/** A page outside of the frame, which waits for the pages inside of it. */
function Suspended({ page }: { page: ReactNode }) {
  return <Suspense fallback={<LoadingPage />}>{page}</Suspense>;
}

/** A page for the roles that hold a permission; the others learn which role is needed. */
function forRole(permission: Permission, page: ReactNode): ReactNode {
  return <Requires permission={permission}>{page}</Requires>;
}

/** Whoever cannot chat, as auditors cannot, starts with what was done. */
function StartPage() {
  const may = useMay();
  return may('chat') ? <NewChatPage /> : <Navigate to="/activity" replace />;
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
