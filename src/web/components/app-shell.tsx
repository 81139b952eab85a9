import { PanelLeft, SquarePen } from 'lucide-react';
import { Suspense, useState } from 'react';
import { Link, Outlet, useLocation } from 'react-router';
import { buttonClass, IconButton } from './button.tsx';
import { ConversationList } from './conversation-list.tsx';
import { Drawer } from './drawer.tsx';
import { Navigation } from './navigation.tsx';
import { StandInNotice } from './stand-in-notice.tsx';
import { Bar, Skeleton } from './states.tsx';
import { ThemeToggle } from './theme-toggle.tsx';

/** The frame of every page: side bar in a wide window; top bar, drawer and bottom bar on a phone. */
export function AppShell() {
  const [drawerOpen, setDrawerOpen] = useState(false);
  const { pathname } = useLocation();
  return (
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
          <Suspense key={pathname.split('/')[1]} fallback={<PageSkeleton />}>
            <Outlet />
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
        <div className="flex items-center justify-between border-line border-t p-2 ps-4 text-ink-2 text-xs">
          Theme <ThemeToggle />
        </div>
      </Drawer>
    </div>
  );
}

function SideBar() {
  return (
    <div className="hidden w-64 shrink-0 flex-col border-line border-r bg-surface md:flex">
      <header className="flex min-h-13 items-center justify-between ps-5 pe-2">
        <Brand />
        <ThemeToggle />
      </header>
      <div className="px-2">
        <Navigation layout="side" />
      </div>
      <section
        aria-labelledby="conversations-heading"
        className="mt-3 flex min-h-0 flex-1 flex-col border-line border-t"
      >
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
    </div>
  );
}

function PhoneBar({ onOpenConversations }: { onOpenConversations: () => void }) {
  return (
    <header className="flex min-h-12 items-center justify-between border-line border-b bg-surface px-1 md:hidden">
      <IconButton label="Conversations" onClick={onOpenConversations}>
        <PanelLeft className="size-5" aria-hidden />
      </IconButton>
      <Brand />
      <Link to="/" aria-label="New conversation" className={buttonClass('quiet', 'min-w-11')}>
        <SquarePen className="size-5" aria-hidden />
      </Link>
    </header>
  );
}

function Brand() {
  return (
    <Link to="/" className="flex min-h-11 items-center gap-1 rounded font-semibold tracking-tight">
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

function PageSkeleton() {
  return (
    <Skeleton label="Loading the page">
      <div className="mx-auto grid max-w-3xl gap-4 px-5 py-10">
        <Bar className="h-6 w-48" />
        <Bar className="h-24 w-full" />
        <Bar className="h-24 w-full" />
      </div>
    </Skeleton>
  );
}
