import { ListChecks, type LucideIcon, MessagesSquare, Plug, Settings, UsersRound } from 'lucide-react';
import { NavLink, useLocation } from 'react-router';
import type { Permission } from '../account-api.ts';
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
  place('/activity', 'Activity', { icon: ListChecks, permission: 'audit:own' }),
  place('/personas', 'Personas', { icon: UsersRound, permission: 'personas:read' }),
  place('/integrations', 'Integrations', { icon: Plug, permission: 'connections:read' }),
  place('/settings', 'Settings', { icon: Settings, permission: null }),
];

function place(to: string, label: string, rest: Pick<Place, 'icon' | 'permission'>): Place {
  return { to, label, ...rest, holds: (path) => path === to || path.startsWith(`${to}/`) };
}

/** As many columns as there are entries; written out, because the styles are made from what stands here. */
const columns: Readonly<Record<number, string>> = {
  1: 'grid-cols-1',
  2: 'grid-cols-2',
  3: 'grid-cols-3',
  4: 'grid-cols-4',
  5: 'grid-cols-5',
};

/** The pages, down the side of a wide window or along the bottom of a phone. */
export function Navigation({ layout }: { layout: 'side' | 'bottom' }) {
  const { pathname } = useLocation();
  const side = layout === 'side';
  const may = useMay();
  const shown = places.filter(({ permission }) => permission === null || may(permission));
  const list = side ? 'grid gap-0.5' : `grid ${columns[shown.length] ?? ''}`;
  const link = side
    ? 'flex min-h-9 pointer-coarse:min-h-11 items-center gap-2.5 rounded-lg px-3 font-medium'
    : 'flex min-h-14 flex-col items-center justify-center gap-0.5 text-2xs font-medium';
  const here = side ? 'bg-sunken text-ink' : 'text-accent';
  return (
    <nav aria-label="Main">
      <ul className={list}>
        {shown.map((place) => {
          const current = place.holds(pathname);
          return (
            <li key={place.to}>
              <NavLink
                to={place.to}
                aria-current={current ? 'page' : undefined}
                className={`${link} ${current ? here : 'text-ink-2 hover:bg-sunken hover:text-ink'}`}
              >
                <place.icon className={side ? 'size-4' : 'size-5'} aria-hidden />
                {place.label}
              </NavLink>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
