import { Building2, PanelLeft, SquarePen } from 'lucide-react';
import { Suspense, useEffect, useRef, useState } from 'react';
import { Link, Outlet, useLocation } from 'react-router';
import { useApprovalCount } from '../approval-queries.ts';
import { useMay, useSession } from '../session.tsx';
import { ApprovalEvents } from '../use-approval-events.tsx';
import { useTitleCount } from '../use-title-count.ts';
import { OrganizationSwitcher, PersonMenu } from './account-menu.tsx';
import { Announcements, useAnnounce } from './announcements.tsx';
import { buttonClass, IconButton } from './button.tsx';
import { ConversationList } from './conversation-list.tsx';
import { CreateOrganization } from './create-organization.tsx';
import { Drawer } from './drawer.tsx';
import { Navigation } from './navigation.tsx';
import { StandInNotice } from './stand-in-notice.tsx';
import { EmptyState, LoadingPage } from './states.tsx';

/** The frame of every page: side bar in a wide window; top bar, drawer and bottom bar on a phone. */
export function AppShell() {
  const [drawerOpen, setDrawerOpen] = useState(false);
  const { pathname } = useLocation();
  const { organization } = useSession();
  // Without an organization there is nothing but the own account.
  const homeless = organization === null && !pathname.startsWith('/settings');
  return (
    <Announcements>
      <ApprovalEvents>
        <WaitingCount />
        <div className="flex h-dvh">
          <a
            href="#main"
            className="-translate-y-full absolute start-2 top-0 z-20 rounded-b-lg bg-accent px-4 py-3 font-medium text-on-accent focus:translate-y-0"
          >
            Skip to content
          </a>
          <SideBar />
          <div className="flex min-w-0 flex-1 flex-col">
            <PhoneBar onOpenConversations={() => setDrawerOpen(true)} />
            <StandInNotice />
            <main id="main" tabIndex={-1} className="min-h-0 flex-1 outline-none">
              <Suspense key={pathname.split('/')[1]} fallback={<LoadingPage />}>
                {homeless ? <NoOrganization /> : <Outlet />}
              </Suspense>
            </main>
            <div className="border-line border-t bg-surface pb-[env(safe-area-inset-bottom)] md:hidden">
              <Navigation layout="bottom" />
            </div>
          </div>
          <Drawer open={drawerOpen} label="Conversations" onClose={() => setDrawerOpen(false)}>
            <div className="min-h-0 flex-1 overflow-auto p-2">
              <NewConversation onChoose={() => setDrawerOpen(false)} />
              <div className="mt-2">
                <ConversationList onChoose={() => setDrawerOpen(false)} />
              </div>
            </div>
          </Drawer>
        </div>
      </ApprovalEvents>
    </Announcements>
  );
}

/** Tells of new approvals those who are busy elsewhere: in the title of the page, and aloud. */
function WaitingCount() {
  const count = useApprovalCount();
  const announce = useAnnounce();
  const { pathname } = useLocation();
  const told = useRef<number | null>(null);
  useTitleCount(count ?? 0);
  // A conversation and the approvals themselves show what is asked in their own place.
  const shown = pathname.startsWith('/c/') || pathname.startsWith('/approvals');
  useEffect(() => {
    if (count === null) return;
    if (told.current !== null && count > told.current && !shown) {
      announce(count === 1 ? 'One approval waits for you.' : `${count} approvals wait for you.`);
    }
    told.current = count;
  }, [count, shown, announce]);
  return null;
}

function SideBar() {
  const may = useMay();
  return (
    <div className="hidden w-64 shrink-0 flex-col border-line border-r bg-surface md:flex">
      <header className="grid gap-1 px-2 pt-1 pb-2">
        <Brand />
        <OrganizationSwitcher className="w-full px-3!" />
      </header>
      <div className="px-2">
        <Navigation layout="side" />
      </div>
      {may('chat') ? <Conversations /> : <div className="flex-1" />}
      <footer className="border-line border-t p-2">
        <PersonMenu layout="side" />
      </footer>
    </div>
  );
}

function Conversations() {
  return (
    <section aria-labelledby="conversations-heading" className="mt-3 flex min-h-0 flex-1 flex-col border-line border-t">
      <div className="grid gap-2 px-2 pt-3 pb-1">
        <NewConversation />
        <h2 id="conversations-heading" className="px-3 pt-1 font-semibold text-ink-3 text-xs">
          Conversations
        </h2>
      </div>
      <div className="min-h-0 flex-1 overflow-auto px-2 pb-3">
        <ConversationList />
      </div>
    </section>
  );
}

function PhoneBar({ onOpenConversations }: { onOpenConversations: () => void }) {
  const may = useMay();
  return (
    <header className="flex min-h-12 items-center gap-0.5 border-line border-b bg-surface px-1 md:hidden">
      {may('chat') && (
        <IconButton label="Conversations" onClick={onOpenConversations}>
          <PanelLeft className="size-5" aria-hidden />
        </IconButton>
      )}
      <div className="flex min-w-0 flex-1">
        <OrganizationSwitcher className="max-w-full px-2!" />
      </div>
      {may('chat') && (
        <Link to="/" aria-label="New conversation" className={buttonClass('quiet', 'min-w-11')}>
          <SquarePen className="size-5" aria-hidden />
        </Link>
      )}
      <PersonMenu layout="bar" />
    </header>
  );
}

function Brand() {
  return (
    <Link to="/" className="flex min-h-11 items-center gap-1 rounded px-3 font-semibold tracking-tight">
      Personas <span className="font-normal text-ink-2">for Ninox</span>
    </Link>
  );
}

function NewConversation({ onChoose }: { onChoose?: () => void }) {
  return (
    <Link to="/" onClick={onChoose} className={buttonClass('secondary', 'w-full justify-start')}>
      <SquarePen className="size-4" aria-hidden />
      New conversation
    </Link>
  );
}

function NoOrganization() {
  return (
    <div className="h-full overflow-y-auto">
      <title>No organization – Personas for Ninox</title>
      <EmptyState icon={Building2} heading="h1" title="You belong to no organization">
        Ask somebody for an invitation and open its link, or make an organization of your own.
      </EmptyState>
      <div className="mx-auto max-w-md px-6 pb-10">
        <CreateOrganization />
      </div>
    </div>
  );
}
