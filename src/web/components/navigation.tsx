import {
  CalendarClock,
  Hand,
  Inbox,
  ListChecks,
  type LucideIcon,
  MessageCircle,
  MessagesSquare,
  Plug,
  Settings,
  UsersRound,
} from 'lucide-react';
import { NavLink, useLocation } from 'react-router';
import type { Permission } from '../account-api.ts';
import { useApprovalCount } from '../approval-queries.ts';
import { useUnreadCount } from '../pages/inbox/queries.ts';
import { useMay } from '../session.tsx';

interface Place {
  readonly to: string;
  readonly label: string;
  readonly icon: LucideIcon;
  /** What one must be allowed for the page to be of any use; null for everybody's. */
  readonly permission: Permission | null;
  holds(path: string): boolean;
}

const places: readonly Place[] = [
  {
    to: '/',
    label: 'Chat',
    icon: MessagesSquare,
    permission: 'chat',
    holds: (path) => path === '/' || path.startsWith('/c/'),
  },
  place('/approvals', 'Approvals', { icon: Hand, permission: 'approvals:read' }),
  place('/inbox', 'Inbox', { icon: Inbox, permission: 'jobs:own' }),
  place('/jobs', 'Jobs', { icon: CalendarClock, permission: 'jobs:own' }),
  place('/activity', 'Activity', { icon: ListChecks, permission: 'audit:own' }),
  place('/personas', 'Personas', { icon: UsersRound, permission: 'personas:read' }),
  place('/integrations', 'Integrations', { icon: Plug, permission: 'connections:read' }),
  place('/widgets', 'Widgets', { icon: MessageCircle, permission: 'widgets:manage' }),
  place('/settings', 'Settings', { icon: Settings, permission: null }),
];

interface Count {
  readonly count: number;
  readonly word: string;
}

const none: Count = { count: 0, word: '' };

function place(to: string, label: string, rest: Pick<Place, 'icon' | 'permission'>): Place {
  return { to, label, ...rest, holds: (path) => path === to || path.startsWith(`${to}/`) };
}

/** The pages, down the side of a wide window or along the bottom of a phone. */
export function Navigation({ layout }: { layout: 'side' | 'bottom' }) {
  const { pathname } = useLocation();
  const side = layout === 'side';
  const counts: Readonly<Record<string, Count>> = {
    '/approvals': { count: useApprovalCount() ?? 0, word: 'waiting' },
    '/inbox': { count: useUnreadCount(), word: 'unread' },
  };
  const may = useMay();
  const shown = places.filter(({ permission }) => permission === null || may(permission));
  // Wider words get more room: nine of them do not fit a phone, and are moved sideways.
  const list = side ? 'grid gap-0.5' : 'flex overflow-x-auto *:min-w-11 *:flex-[1_0_auto] *:px-1';
  const link = side
    ? 'flex min-h-9 pointer-coarse:min-h-11 items-center gap-2.5 rounded-lg px-3 font-medium'
    : 'flex min-h-14 flex-col items-center justify-center gap-0.5 text-2xs font-medium';
  const here = side ? 'bg-sunken text-ink' : 'text-accent';
  return (
    <nav aria-label="Main">
      <ul className={list}>
        {shown.map((place) => {
          const current = place.holds(pathname);
          const { count, word } = counts[place.to] ?? none;
          return (
            <li key={place.to}>
              <NavLink
                to={place.to}
                aria-current={current ? 'page' : undefined}
                aria-label={count > 0 ? `${place.label}, ${count} ${word}` : undefined}
                className={`${link} ${current ? here : 'text-ink-2 hover:bg-sunken hover:text-ink'}`}
              >
                <span className="relative">
                  <place.icon className={side ? 'size-4' : 'size-5'} aria-hidden />
                  {!side && <Badge count={count} className="-top-1.5 absolute start-3" />}
                </span>
                <span className={side ? 'min-w-0 flex-1' : 'whitespace-nowrap tracking-tight'}>{place.label}</span>
                {side && <Badge count={count} />}
              </NavLink>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

/** How many wait; the link's name says it in words. */
function Badge({ count, className = '' }: { count: number; className?: string }) {
  if (count === 0) return null;
  return (
    <span
      aria-hidden
      className={`grid h-4.5 min-w-4.5 place-items-center rounded-full bg-warn px-1 font-semibold text-2xs text-surface tabular-nums ${className}`}
    >
      {count > 99 ? '99+' : count}
    </span>
  );
}
